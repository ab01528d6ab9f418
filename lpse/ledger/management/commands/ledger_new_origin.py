from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lpse.ledger import log, sequencer
from lpse.ledger.log import Halted


class Command(BaseCommand):
    help = (
        "Start a new ledger under the origin that LEDGER_ORIGIN names now, when the old one "
        "cannot go on. Its first entry says what of the old one is lost."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reason", required=True, help="for the first entry, in public")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            started = log.start(reason=options["reason"])
        except Halted as reason:
            raise CommandError(str(reason)) from reason
        checkpoint = sequencer.sequence()
        self.stdout.write(f"{started.origin}: started, {checkpoint.size} leaves are published.")
