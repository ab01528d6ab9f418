"""Fill the calendar of holidays from the library, for years that have no day in it yet.

The joint decree on holidays and joint leave changes within the year, so the table rules: a
year that somebody has looked after is left alone.
"""

from __future__ import annotations

from typing import Any

import holidays
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from lpse.calendar.models import Holiday
from lpse.clock import database_now, office_zone


class Command(BaseCommand):
    help = "Seed the calendar of Indonesian public holidays and joint leave."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "years", nargs="*", type=int, help="default: last year to in two years"
        )

    @transaction.atomic
    def handle(self, *_args: Any, years: list[int], verbosity: int, **_options: Any) -> None:
        this_year = database_now().astimezone(office_zone()).year
        for year in years or range(this_year - 1, this_year + 3):
            if Holiday.objects.filter(day__year=year).exists():
                said = "kept as it is"
            else:
                said = f"{len(Holiday.objects.bulk_create(_of(year)))} days"
            if verbosity:
                self.stdout.write(f"{year}: {said}")


def _of(year: int) -> list[Holiday]:
    public = holidays.country_holidays("ID", years=year, language="id")
    # Joint leave is known to the library only as a holiday of the government.
    every = holidays.country_holidays(
        "ID", years=year, language="id", categories=("public", "government")
    )
    return [
        Holiday(day=day, name=name[:200], is_joint_leave=day not in public)
        for day, name in sorted(every.items())
    ]
