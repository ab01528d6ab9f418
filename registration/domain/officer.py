"""The people who act for a firm: invited, given a right, and let go by the firm itself.

Every change holds the firm's row, so that two of them cannot each take away the other's last
administrator.
"""

from __future__ import annotations

import datetime as dt
import secrets

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.mail import notify, notify_address
from lpse.sealing.digests import sha256
from registration.domain import application as applications
from registration.domain import law, session, signup
from registration.models import (
    Assignment,
    Invitation,
    OfficerRight,
    Provider,
    ProviderOfficer,
    User,
)

MOST_A_DAY = 20  # invitations of one firm: each is an e-mail to somebody who did not ask
A_DAY = dt.timedelta(days=1)


def of(provider: Provider) -> QuerySet[ProviderOfficer]:
    """Who acts for ``provider`` now."""
    return provider.officers.filter(left_at=None).select_related("user").order_by("joined_at")


def open_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        accepted_at=None, revoked_at=None, expires_at__gt=database_now()
    ).select_related("provider", "invited_by")


def invitations_of(user: User) -> QuerySet[Invitation]:
    """The open invitations to the address of ``user``."""
    return open_invitations().filter(email=user.email) if user.email else Invitation.objects.none()


def by_secret(secret: str) -> Invitation | None:
    """The invitation whose link holds ``secret``, open or not."""
    found = Invitation.objects.select_related("provider", "invited_by")
    return found.filter(digest=sha256(secret.encode())).first()


def is_open(invitation: Invitation) -> bool:
    return (
        invitation.accepted_at is None
        and invitation.revoked_at is None
        and invitation.expires_at > database_now()
    )


# --- Inviting ---------------------------------------------------------------------------------


@transaction.atomic
def invite(
    provider: Provider, *, email: str, full_name: str, right: OfficerRight, by: User
) -> Invitation:
    """Ask somebody to act for the firm. A second invitation to an address replaces the first.

    Nobody learns here whether the address has an account: who has one finds the invitation
    after signing in, anybody else gets a link that alone lets in.
    """
    firm = _firm(provider, "registration.manage_officers", by=by)
    email = email.lower()
    now = database_now()
    if of(firm).filter(user__email=email).exists():
        raise Refused(_("This person acts for the firm already."), field="email")
    if firm.invitations.filter(invited_at__gt=now - A_DAY).count() >= MOST_A_DAY:
        raise Refused(
            _("The firm has sent %(most)d invitations today. Go on tomorrow.")
            % {"most": MOST_A_DAY}
        )
    _replace(firm, email, by=by)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        provider=firm,
        email=email,
        full_name=full_name,
        right=right,
        digest=sha256(secret.encode()),
        invited_by=by,
        expires_at=now + dt.timedelta(days=law.current().invitation.valid_for.number),
    )
    record(
        Event.OFFICER_INVITED,
        subject=firm,
        by=by,
        invitation=invitation.pk,
        right=right,
        expires_at=invitation.expires_at,
    )
    _send(invitation, secret)
    return invitation


def _replace(firm: Provider, email: str, *, by: User) -> None:
    for old in firm.invitations.filter(email=email, accepted_at=None, revoked_at=None):
        _revoke(old, by=by)


def _send(invitation: Invitation, secret: str) -> None:
    person = User.objects.filter(email=invitation.email, is_active=True).first()
    if person is not None:
        notify([person], "officer_invited", url=reverse("invitations"), invitation=invitation)
        return
    notify_address(
        invitation.email,
        "officer_invited",
        language=invitation.invited_by.language,
        url=reverse("invitation", kwargs={"secret": secret}),
        invitation=invitation,
    )


@transaction.atomic
def revoke(invitation: Invitation, *, by: User) -> None:
    _firm(invitation.provider, "registration.manage_officers", by=by)
    locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if locked.accepted_at is not None:
        raise Refused(_("This invitation has been accepted."))
    if locked.revoked_at is None:
        _revoke(locked, by=by)


def _revoke(invitation: Invitation, *, by: User) -> None:
    invitation.revoked_at = database_now()
    invitation.save(update_fields=["revoked_at"])
    record(
        Event.OFFICER_INVITATION_REVOKED,
        subject=invitation.provider,
        by=by,
        invitation=invitation.pk,
    )


# --- Accepting --------------------------------------------------------------------------------


@transaction.atomic
def accept(invitation: Invitation, *, by: User) -> ProviderOfficer:
    """Begin to act for the firm that invites. Nobody acts for two, and no office acts for one."""
    locked = _locked_invitation(invitation)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    _is_free(by)
    try:
        with transaction.atomic():
            officer = ProviderOfficer.objects.create(
                provider=locked.provider, user=by, right=locked.right
            )
    except DatabaseError as error:
        _is_free(by)  # says what was committed between looking and writing
        raise _holds_an_office() from error  # one that begins later: the database knows of it
    locked.accepted_at, locked.accepted_by = database_now(), by
    locked.save(update_fields=["accepted_at", "accepted_by"])
    by.__dict__.pop("officer", None)
    record(
        Event.OFFICER_JOINED,
        subject=locked.provider,
        by=by,
        officer=by.username,
        right=officer.right,
        invitation=locked.pk,
    )
    notify(
        _administrators(locked.provider, but=by),
        "officer_joined",
        url=reverse("firm"),
        officer=officer,
    )
    return officer


@transaction.atomic
def accept_with_account(
    invitation: Invitation,
    *,
    wish: str,
    full_name: str,
    password: str,
    terms_version: int | None,
    language: str,
) -> User:
    """Accept with an account that is opened for it: the link came to its mailbox."""
    locked = _locked_invitation(invitation)
    user = signup.create_account(
        locked.email,
        wish=wish,
        full_name=full_name,
        password=password,
        terms_version=terms_version,
        language=language,
    )
    officer = accept(locked, by=user)
    notify([user], "officer_welcome", url=reverse("firm"), officer=officer)
    return user


def _locked_invitation(invitation: Invitation) -> Invitation:
    """Under the firm's lock first, like every other change of who acts for it."""
    Provider.objects.select_for_update(no_key=True).get(pk=invitation.provider_id)
    locked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("provider")
        .get(pk=invitation.pk)
    )
    if locked.accepted_at is not None:
        raise Refused(_("This invitation has been used."))
    if not is_open(locked):
        raise Refused(_("This invitation is not valid any more. Ask the firm for a new one."))
    return locked


def _is_free(user: User) -> None:
    if acting := user.officer_of.filter(left_at=None).select_related("provider").first():
        raise Refused(
            _("You act for %(firm)s. Leave it first: nobody acts for two firms.")
            % {"firm": acting.provider}
        )
    if Assignment.objects.filter(user=user).in_force().exists():
        raise _holds_an_office()


def _holds_an_office() -> Refused:
    return Refused(_("You hold an office: the holder of an office cannot act for a provider."))


# --- Rights and leaving -----------------------------------------------------------------------


@transaction.atomic
def change_right(officer: ProviderOfficer, right: OfficerRight, *, by: User) -> None:
    firm = _firm(officer.provider, "registration.manage_officers", by=by)
    locked = _acting(officer)
    if locked.right == right:
        return
    if locked.right == OfficerRight.ADMINISTRATOR:
        _another_administrator(firm, locked)
    locked.right = right
    locked.save(update_fields=["right"])
    applications.archive_changes(firm, locked.user, by=by)
    record(Event.OFFICER_CHANGED, subject=firm, by=by, officer=locked.user.username, right=right)
    if locked.user_id != by.pk:
        notify([locked.user], "officer_changed", url=reverse("firm"), officer=locked)


@transaction.atomic
def end(officer: ProviderOfficer, *, by: User) -> None:
    """End somebody's acting for the firm; an own one is left, see :func:`leave`."""
    _firm(officer.provider, "registration.manage_officers", by=by)
    _leave(_acting(officer), by=by)


@transaction.atomic
def leave(provider: Provider, *, by: User) -> None:
    """Stop acting for the firm, of one's own will."""
    firm = _firm(provider, "registration.view_firm", by=by)
    _leave(_acting(firm.officers.get(user=by, left_at=None)), by=by)


def _leave(officer: ProviderOfficer, *, by: User) -> None:
    """Whoever leaves is signed out everywhere: an open page must not go on acting."""
    if officer.right == OfficerRight.ADMINISTRATOR:
        _another_administrator(officer.provider, officer)
    officer.left_at = database_now()
    officer.save(update_fields=["left_at"])
    applications.archive_changes(officer.provider, officer.user, by=by)
    session.end_all(officer.user)
    record(Event.OFFICER_LEFT, subject=officer.provider, by=by, officer=officer.user.username)
    if officer.user_id == by.pk:
        notify(
            _administrators(officer.provider), "officer_left", url=reverse("firm"), officer=officer
        )
    else:
        notify([officer.user], "officer_ended", url=reverse("account"), officer=officer)


def _firm(provider: Provider, permission: str, *, by: User) -> Provider:
    """The firm's row, locked; the right of ``by`` is asked afresh under the lock."""
    firm = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
    by.__dict__.pop("officer", None)
    if not by.has_perm(permission, firm):
        raise PermissionDenied
    return firm


def _acting(officer: ProviderOfficer) -> ProviderOfficer:
    locked = (
        ProviderOfficer.objects.select_for_update(of=("self",))
        .select_related("user", "provider")
        .get(pk=officer.pk)
    )
    if locked.left_at is not None:
        raise Refused(_("This person does not act for the firm any more."))
    return locked


def _another_administrator(firm: Provider, officer: ProviderOfficer) -> None:
    """One who can sign in: a firm whose last User ID is deactivated could not go on."""
    others = (
        of(firm)
        .filter(right=OfficerRight.ADMINISTRATOR, user__is_active=True)
        .exclude(pk=officer.pk)
    )
    if not others.exists():
        raise Refused(_("The firm needs an administrator: give somebody else that right first."))


def _administrators(firm: Provider, *, but: User | None = None) -> list[User]:
    administrators = of(firm).filter(right=OfficerRight.ADMINISTRATOR)
    return [officer.user for officer in administrators if but is None or officer.user_id != but.pk]
