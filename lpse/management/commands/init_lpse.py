"""Make what only a first start makes: the keys of this LPSE. What is there is never replaced."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lpse.sealing import certificate, office_key


class Command(BaseCommand):
    help = "Make the keys of this LPSE, unless it has them"

    def handle(self, *_: Any, **options: Any) -> None:
        for kind in (office_key, certificate):
            if kind.exists():
                continue
            path = kind.create()
            if options["verbosity"]:
                self.stdout.write(f"made {path}: keep a copy of it offline")
