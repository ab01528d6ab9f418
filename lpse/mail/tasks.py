from celery import shared_task

from lpse.mail import sender


@shared_task
def send_due_messages() -> None:
    sender.send_due()
