"""Print the sample people as a table: who they are, and how one becomes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from registration.models import User


def passphrases() -> dict[str, str]:
    path = Path(settings.VAR_DIR) / "sample-keys.txt"
    if not path.exists():
        return {}
    return dict(line.split(": ", 1) for line in path.read_text().splitlines())


class Command(BaseCommand):
    help = "Print the sample people (sample installations only)"

    def handle(self, *_args: Any, **_options: Any) -> None:
        known = passphrases()
        rows = [("User ID", "Name", "Acts as", "Passphrase of the committee key")]
        for user in User.objects.filter(is_sample=True).order_by("pk"):
            acts = ", ".join(str(o.get_role_display()) for o in user.offices)
            acts = acts or str(user.provider)
            rows.append((user.username, user.full_name, acts, known.get(user.username, "")))
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            cells = [text.ljust(width) for text, width in zip(row[:3], widths, strict=True)]
            self.stdout.write("  ".join([*cells, row[3]]).rstrip())
