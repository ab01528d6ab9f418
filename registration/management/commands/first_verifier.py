r"""Give an empty installation its first verifier, who registers everybody else.

    manage.py first_verifier wati "Wati Contoh" wati@contoh.example \
        --decree 1/2026 --date 2026-01-05
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from lpse.clock import database_now, office_zone
from lpse.errors import Refused
from registration.domain import account, assignment
from registration.models import Assignment, Role


class Command(BaseCommand):
    help = "Register the first verifier of a new installation, by decree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user_id")
        parser.add_argument("full_name")
        parser.add_argument("email")
        parser.add_argument("--decree", required=True, help="number of the decree")
        parser.add_argument("--date", required=True, type=dt.date.fromisoformat)

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        if Assignment.objects.in_force().filter(role=Role.VERIFIER).exists():
            raise CommandError("There is a verifier already: the others are registered by one.")
        today = database_now().astimezone(office_zone()).date()
        try:
            user = account.register(
                username=options["user_id"],
                full_name=options["full_name"],
                email=options["email"],
                by=None,
            )
            office = Assignment(
                user=user,
                role=Role.VERIFIER,
                decree_number=options["decree"],
                decree_date=options["date"],
                since=today,
            )
            assignment.assign(office, by=None)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user.username} is verifier; a link is sent to {user.email}.")
