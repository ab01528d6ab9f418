from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lpse.ledger import sequencer
from lpse.ledger.log import Halted
from lpse.ledger.tiles import Corrupt


class Command(BaseCommand):
    help = "Bring every audit entry into the ledger and publish a checkpoint."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            checkpoint = sequencer.sequence()
        except (Halted, Corrupt) as reason:
            raise CommandError(f"The ledger is stopped: {reason}") from reason
        self.stdout.write(f"{checkpoint.log.origin}: {checkpoint.size} leaves are published.")
