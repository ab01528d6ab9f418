"""Make what only a first start makes: the keys of this LPSE. What is there is never replaced."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lpse.sealing import certificate, office_key


class Command(BaseCommand):
    help = "Make the keys of this LPSE, unless it has them"

    def handle(self, *_args: Any, **options: Any) -> None:
        keys = (
            (office_key.exists, office_key.create),
            (certificate.exists, certificate.create),
        )
        for exists, create in keys:
            if not exists():
                path = create()
                if options["verbosity"]:
                    self.stdout.write(f"made {path}: keep a copy of it offline")
