"""Publish the template of the terms of use, unless a version is there already."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from registration.domain import terms


class Command(BaseCommand):
    help = "Publish the first version of the terms of use, for the LPSE to adapt"

    def handle(self, *_: Any, **options: Any) -> None:
        if terms.ensure() and options["verbosity"]:
            self.stdout.write("published the template of the terms of use: adapt it")
