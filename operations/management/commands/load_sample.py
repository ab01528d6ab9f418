"""Load the sample LPSE: people, keys, some forty tenders in every stage, really sealed bids."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from bidding.domain import box as boxes
from bidding.domain import decryption, minutes
from bidding.models import Box, Minutes, Opening
from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.ledger.sequencer import sequence
from lpse.sealing.member_key import MemberKey
from operations.sample import (
    applications,
    bids,
    houses,
    members,
    offices,
    people,
    sanctions,
    tenders,
)
from operations.sample.bids import Offer
from operations.sample.people import Office
from operations.sample.tenders import ENDED, Planned
from procurement.domain import statement
from procurement.domain import tender as verbs
from registration.models import OfficerRight, Provider, User

LEAD = dt.timedelta(seconds=4)  # enough to announce one tender
CLOSES_SOON = dt.timedelta(minutes=10)
SIGN_IN = "sample session"


class Command(BaseCommand):
    help = "Load the sample LPSE into an empty database (sample installations only)"

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.SAMPLE_INSTALLATION:
            raise CommandError("SAMPLE_INSTALLATION is not set: this office holds real people")
        if AuditEntry.objects.filter(event=Event.SAMPLE_LOADED).exists():
            raise CommandError("the sample is loaded already")
        if User.objects.exists():
            raise CommandError("the database is not empty: a sample begins in an empty one")
        with translation.override("id"):
            load()


def load() -> None:
    """Everything, in the order in which it would happen."""
    office = people.load()
    offices.load(office)
    applications.load(office)
    houses.load(office)
    sanctions.load(office)
    sanctions.accept_terms()
    keys, passphrases = members.make_keys(office)
    _note(passphrases)
    plans = tenders.plan(office)
    running = [plan for plan in plans if plan.stage == "submission"]
    ended = [plan for plan in plans if plan.stage in ENDED]
    others = [plan for plan in plans if plan not in {*running, *ended}]
    offers = _prepare(office, [*running, *ended])
    begun = database_now()
    spread = [_to_the_minute(begun + dt.timedelta(hours=5 + 9 * plan.number)) for plan in running]
    _take_bids(running, offers, keys, deadlines=spread)
    now = database_now()
    # In proportion to what the running ones took: a slow machine takes its own time.
    deadline = now + LEAD + 2 * (now - begun) * len(ended) / len(running)
    _take_bids(ended, offers, keys, deadlines=[deadline] * len(ended))
    _prepare(office, others)
    for plan in others:
        if plan.stage in {"announcement", "download", "cancelled"}:
            tenders.announce(plan, keys, tenders.legal_dates(plan))
        if plan.stage == "cancelled":
            reason = "Data contoh: anggaran direvisi."
            verbs.cancel(plan.tender, reason=reason, by=plan.members[0])
    _wait_until(deadline)
    closed = [(plan, boxes.close(plan.tender)) for plan in ended]
    sequence()  # no share may be posted before the box is in a published checkpoint
    for plan, box in closed:
        if plan.stage != "closed":
            _open(plan, box, keys)
    soon = next(plan for plan in plans if plan.stage == "closing_soon")
    _announce(soon, keys, _to_the_minute(database_now() + CLOSES_SOON))
    with transaction.atomic():
        record(Event.SAMPLE_LOADED, subject=soon.tender, by=None, tenders=len(plans))
    sequence()


def _to_the_minute(moment: dt.datetime) -> dt.datetime:
    """The next whole minute: pages show no seconds of a deadline."""
    return (moment + dt.timedelta(minutes=1)).replace(second=0, microsecond=0)


def _prepare(office: Office, plans: list[Planned]) -> dict[int, list[Offer]]:
    """What takes long and knows no hour: the packages, and the documents of those who will bid."""
    for plan in plans:
        tenders.prepare(office, plan)
    bid_for = [plan for plan in plans if plan.stage in {*ENDED, "submission"}]
    return {plan.number: _offers(office, plan) for plan in bid_for}


def _offers(office: Office, plan: Planned) -> list[Offer]:
    """Two or three of the six firms bid, each a little lower than the one before."""
    firms = list(office.providers.values())
    chosen = [
        firms[(plan.number + 2 * place) % len(firms)] for place in range(2 + plan.number % 2)
    ]
    return [
        bids.prepare(
            plan.tender,
            provider,
            share_of_hps=Decimal(98 - 4 * place - plan.number % 3) / 100,
            by=_administrator(provider),
        )
        for place, provider in enumerate(chosen)
    ]


def _administrator(provider: Provider) -> User:
    return provider.officers.get(right=OfficerRight.ADMINISTRATOR).user


def _announce(plan: Planned, keys: dict[str, MemberKey], deadline: dt.datetime) -> None:
    dates = tenders.quick_dates(plan.stage, database_now() + LEAD, deadline)
    tenders.announce(plan, keys, dates)


def _take_bids(
    plans: list[Planned],
    offers: dict[int, list[Offer]],
    keys: dict[str, MemberKey],
    *,
    deadlines: list[dt.datetime],
) -> None:
    for plan, deadline in zip(plans, deadlines, strict=True):
        _announce(plan, keys, deadline)
    _wait_until(database_now() + LEAD + 2 * tenders.A_SECOND)
    for offer in (offer for plan in plans for offer in offers[plan.number]):
        with contextlib.suppress(Refused):  # too late, on a machine that is busy with other work
            bids.send(offer)


def _open(plan: Planned, box: Box, keys: dict[str, MemberKey]) -> None:
    valid = statement.latest_valid(plan.tender)
    assert valid is not None  # noqa: S101 - it was announced by it
    for member in plan.members[: statement.body_of(valid)["k"]]:
        members.post_shares(box, member, keys[member.username])
    decryption.open_all(Opening.objects.get(box=box))
    drawn_up = Minutes.objects.get(tender=plan.tender)
    for member in plan.members[: minutes.needed(drawn_up)]:
        minutes.approve(drawn_up, by=member, method=SIGN_IN, seen=minutes.digest(drawn_up))
    minutes.seal(drawn_up)


def _note(passphrases: dict[str, str]) -> None:
    """Kept beside the sample only, so that a newcomer can be any of the members."""
    path = Path(settings.VAR_DIR) / "sample-keys.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{member}: {words}\n" for member, words in passphrases.items()))


def _wait_until(moment: dt.datetime) -> None:
    while (left := (moment - database_now()).total_seconds()) >= 0:
        time.sleep(min(left + 0.01, 1.0))
