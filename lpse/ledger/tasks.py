from celery import shared_task

from lpse.ledger import sequencer


@shared_task
def sequence_ledger() -> None:
    """Every interval: what was committed lately."""
    sequencer.sequence(everything=False)


@shared_task
def sequence_everything() -> None:
    """Every hour: also what a long transaction committed late."""
    sequencer.sequence()
