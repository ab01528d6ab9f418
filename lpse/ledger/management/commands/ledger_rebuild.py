from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lpse.ledger import sequencer
from lpse.ledger.tiles import Corrupt


class Command(BaseCommand):
    help = "Write the ledger's files again from the database, checking every signed root."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            checkpoint = sequencer.rebuild()
        except Corrupt as reason:
            raise CommandError(f"The ledger cannot be rebuilt: {reason}") from reason
        if checkpoint is None:
            raise CommandError("Nothing was ever published.")
        self.stdout.write(f"{checkpoint.log.origin}: rebuilt up to {checkpoint.size} leaves.")
