"""A new mailbox for somebody who lost the old one, and with it every way back in.

The person stands at the counter with the originals, as the SOP of the LPSE asks. The adversary
is whoever can talk a verifier into it: the old address is told at once, everybody who is signed
in is signed out, and the old password opens nothing any more.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.errors import Refused
from lpse.mail import notify, notify_address
from registration.domain import session
from registration.models import User


@transaction.atomic
def replace(
    user: User, *, email: str, document: str, original_seen: bool, reason: str, by: User
) -> None:
    """Give the account of ``user`` another address, after the identity was checked.

    The audit log keeps who did it, why, and by which document; the addresses stay out of it.
    """
    if not by.has_perm("registration.correct_user", user):
        raise PermissionDenied
    if not original_seen:
        raise Refused(
            _("Only with the original of the identity document in your hand."),
            field="original_seen",
        )
    if not document.strip():
        raise Refused(_("Say which document was shown."), field="document")
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    former, email = locked.email, email.lower()
    if email == former:
        raise Refused(_("This is the address of the account already."), field="email")
    if _belongs_to_another(email, locked):
        raise Refused(_("Another account has this e-mail address."), field="email")
    locked.email = email
    locked.set_unusable_password()
    locked.save(update_fields=["email", "password"])
    EmailAddress.objects.filter(user=locked).delete()
    EmailAddress.objects.create(user=locked, email=email, primary=True)
    session.end_all(locked)
    record(
        Event.ACCOUNT_EMAIL_CHANGED,
        subject=locked,
        by=by,
        document=document.strip(),
        original_seen=True,
        reason=reason.strip(),
    )
    if former:
        notify_address(former, "mailbox_former", language=locked.language)
    notify([locked], "mailbox_new", url=reverse("account_reset_password"))


def _belongs_to_another(email: str, user: User) -> bool:
    return (
        User.objects.filter(email=email).exclude(pk=user.pk).exists()
        or EmailAddress.objects.filter(email=email, verified=True).exclude(user=user).exists()
    )
