from celery import shared_task

from lpse.files.storage import storage


@shared_task
def sweep_private_files() -> None:
    storage().sweep()
