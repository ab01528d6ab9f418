from celery import shared_task

from registration.domain import (
    archive_due,
    deactivation,
    expiry,
    limits,
    office_end,
    session,
    signup,
)


@shared_task
def end_lapsed_sessions() -> None:
    session.end_lapsed()


@shared_task
def tidy_accounts() -> None:
    session.forget_expired()
    limits.forget_old_failures()
    signup.forget_old_requests()


@shared_task
def end_applications() -> None:
    archive_due.remind()
    archive_due.archive()


@shared_task
def remind_of_expiry() -> None:
    expiry.remind()


@shared_task
def lift_expired_deactivations() -> None:
    deactivation.lift_expired()


@shared_task
def remind_of_ends() -> None:
    office_end.remind()
