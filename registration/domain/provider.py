"""Providers: made and corrected by an approved application, and by nothing else (P22(2))."""

from __future__ import annotations

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now
from lpse.errors import Refused
from registration.domain import sanction
from registration.models import (
    IDENTITY_FIELDS,
    Application,
    Assignment,
    OfficerRight,
    Provider,
    ProviderOfficer,
    Purpose,
    User,
)


@transaction.atomic
def take_over(application: Application, *, by: User) -> Provider:
    """Make what ``application`` says the provider's own; part of approving it.

    The application and its provider name each other afterwards. The applicant administers the
    new provider; a change of verified data leaves its officers as they are.
    """
    if application.purpose == Purpose.CHANGE:
        return _change(application, by=by)
    provider = _create(application, by=by)
    _appoint(application.applicant, provider, by=by)
    return provider


def _create(application: Application, *, by: User) -> Provider:
    provider = Provider.objects.create(
        code=application.code.lower(),  # as unique, and as little to be guessed
        verified_at=database_now(),
        is_sample=application.is_sample,
        **_identity(application),
    )
    Application.objects.filter(pk=application.pk).update(provider=provider)
    application.provider = provider
    sanction.attach(provider)
    record(
        Event.PROVIDER_VERIFIED,
        subject=provider,
        by=by,
        provider=provider.code,
        application=application.code,
    )
    return provider


def _change(application: Application, *, by: User) -> Provider:
    provider = Provider.objects.select_for_update(of=("self",)).get(applications=application)
    administers = provider.officers.filter(
        user=application.applicant, right=OfficerRight.ADMINISTRATOR, left_at=None
    )
    if not administers.exists():
        raise Refused(_("The applicant does not administer this firm any more."))
    changed = [
        name for name, value in _identity(application).items() if getattr(provider, name) != value
    ]
    sanction.attach(provider)  # by the number it had
    for name in changed:
        setattr(provider, name, getattr(application, name))
    provider.save(update_fields=changed)
    sanction.attach(provider)
    application.provider = provider
    record(
        Event.PROVIDER_CHANGED,
        subject=provider,
        by=by,
        provider=provider.code,
        application=application.code,
        fields=changed,
    )
    return provider


def _appoint(user: User, provider: Provider, *, by: User) -> None:
    """Who registered the firm administers it. Nobody acts for two, and no office acts for one."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if ProviderOfficer.objects.filter(user=user, left_at=None).exists():
        raise Refused(_("The applicant acts for another provider already."))
    if Assignment.objects.filter(user=user).in_force().exists():
        raise Refused(_("The applicant holds an office, and so cannot act for a provider."))
    try:
        with transaction.atomic():
            officer = ProviderOfficer.objects.create(
                provider=provider, user=user, right=OfficerRight.ADMINISTRATOR
            )
    except DatabaseError as error:
        raise Refused(
            _("The applicant holds an office, and so cannot act for a provider.")
        ) from error
    user.__dict__.pop("officer", None)
    record(
        Event.PROVIDER_OFFICER_JOINED,
        subject=provider,
        by=by,
        officer=user.username,
        right=officer.right,
    )


def _identity(application: Application) -> dict[str, str]:
    return {name: getattr(application, name) for name in IDENTITY_FIELDS}
