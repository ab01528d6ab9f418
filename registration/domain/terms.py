"""The terms of use: published in versions, accepted one by one (P10(4), P22(7))."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.audit.models import ClockTimestamp
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.sealing.digests import sha256
from registration.models import Terms, TermsAcceptance, User

# A template for the LPSE to adapt: with it a new installation has terms from its first day.
TEMPLATE = Path(__file__).resolve().parent.parent / "terms" / "template.toml"


def in_force() -> Terms | None:
    """The version that counts now, by the database's clock."""
    return _in_force().first()


def versions() -> QuerySet[Terms]:
    """Every version, the newest first; one that is to come is public too."""
    return Terms.objects.all()


def owed_by(user: User) -> Terms | None:
    """The version in force, while ``user`` has not accepted it. One query."""
    accepted = TermsAcceptance.objects.filter(terms=OuterRef("pk"), user=user)
    newest = _in_force().annotate(is_accepted=Exists(accepted)).defer("text_id", "text_en").first()
    return None if newest is None or newest.is_accepted else newest


def _in_force() -> QuerySet[Terms]:
    return Terms.objects.filter(in_force_from__lte=ClockTimestamp()).order_by("-version")


@transaction.atomic
def accept(user: User, terms: Terms) -> TermsAcceptance:
    """``user`` agrees to ``terms``, once; the time is the database's."""
    now = in_force()
    if now is None or now.pk != terms.pk:
        raise Refused(_("Another version of the terms is in force now. Read that one."))
    acceptance, is_new = TermsAcceptance.objects.get_or_create(terms=terms, user=user)
    if is_new:
        record(Event.TERMS_ACCEPTED, subject=terms, by=user, version=terms.version)
    return acceptance


@transaction.atomic
def publish(
    *,
    text_id: str,
    text_en: str,
    changes: str,
    entities: str = "",
    in_force_from: dt.datetime | None = None,
    by: User | None,
) -> Terms:
    """Publish the next version; ``by`` is ``None`` for the installation itself.

    It is in force at once where nothing else is said, and never earlier than the version before.
    """
    if by is not None and not by.has_perm("registration.publish_terms"):
        raise PermissionDenied
    now = database_now()
    begins = in_force_from or now
    if begins < now:
        raise Refused(_("Terms are not put into force in the past."), field="in_force_from")
    last = versions().first()
    if last is not None and begins < last.in_force_from:
        raise Refused(
            _("Version %(version)d comes into force later than that.") % {"version": last.version},
            field="in_force_from",
        )
    try:
        with transaction.atomic():
            terms = Terms.objects.create(
                version=last.version + 1 if last else 1,
                text_id=text_id,
                text_en=text_en,
                changes=changes,
                entities=entities,
                in_force_from=begins,
                published_by=by,
            )
    except IntegrityError:
        raise Refused(_("Somebody else published a version meanwhile. Read it first.")) from None
    record(
        Event.TERMS_PUBLISHED,
        subject=terms,
        by=by,
        version=terms.version,
        in_force_from=begins,
        text_id=sha256(text_id.encode()),
        text_en=sha256(text_en.encode()),
        entities=others(terms),
    )
    return terms


def others(terms: Terms) -> list[str]:
    """Who else may become a user, beside ULP, Pejabat Pengadaan, PPK and auditor (P22(7))."""
    return [line.strip() for line in terms.entities.splitlines() if line.strip()]


def ensure() -> Terms | None:
    """Give a new installation its first version; whatever is published stays as it is."""
    if versions().exists():
        return None
    texts = tomllib.loads(TEMPLATE.read_text())
    return publish(
        text_id=texts["id"].strip(),
        text_en=texts["en"].strip(),
        entities=texts["entities"].strip(),
        changes=texts["changes"],
        by=None,
    )


def accept_for(people: Iterable[User]) -> None:
    """Let made-up people agree, so that a sample is not interrupted by the question."""
    if terms := in_force():
        for person in people:
            if person.is_sample:
                accept(person, terms)
