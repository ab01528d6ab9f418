"""Load the sample LPSE: people, keys, some forty tenders in every stage, really sealed bids."""

from __future__ import annotations

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
from lpse.ledger.sequencer import sequence
from lpse.sealing.member_key import MemberKey
from operations.sample import bids, members, people, tenders
from operations.sample.people import Office
from operations.sample.tenders import ENDED, Planned
from procurement.domain import statement
from procurement.domain import tender as verbs
from registration.models import User

CLOSES = dt.timedelta(seconds=40)  # for the tenders that are shown closed or opened
CLOSES_SOON = dt.timedelta(minutes=10)
SIGN_IN = "sample session"


class Command(BaseCommand):
    help = "Load the sample LPSE into an empty database (sample installations only)"

    def handle(self, *args: Any, **options: Any) -> None:
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
    keys, passphrases = members.make_keys(office)
    _note(passphrases)
    plans = tenders.prepare(office)
    begin = database_now() + dt.timedelta(seconds=4)
    deadline = begin + CLOSES
    for plan in plans:
        _announce(plan, keys, begin, deadline)
    _wait_until(begin + dt.timedelta(seconds=2))
    for plan in sorted(plans, key=lambda plan: plan.stage not in ENDED):
        if plan.stage in ENDED or plan.stage == "submission":
            _bid(office, plan)
    _wait_until(deadline)
    ended = [plan for plan in plans if plan.stage in ENDED]
    closed = [(plan, boxes.close(plan.tender)) for plan in ended]
    sequence()  # no share may be posted before the box is in a published checkpoint
    for plan, box in closed:
        if plan.stage != "closed":
            _open(plan, box, keys)
    soon = next(plan for plan in plans if plan.stage == "closing_soon")
    now = database_now()
    dates = tenders.quick_dates(soon.stage, now + dt.timedelta(seconds=5), now + CLOSES_SOON)
    tenders.announce(soon, keys, dates)
    with transaction.atomic():
        record(Event.SAMPLE_LOADED, subject=soon.tender, by=None, tenders=len(plans))
    sequence()


def _announce(
    plan: Planned, keys: dict[str, MemberKey], begin: dt.datetime, deadline: dt.datetime
) -> None:
    match plan.stage:
        case "announcement" | "download" | "cancelled":
            tenders.announce(plan, keys, tenders.legal_dates(plan))
        case "submission":
            later = deadline + dt.timedelta(hours=5 + 9 * plan.number)
            tenders.announce(plan, keys, tenders.quick_dates(plan.stage, begin, later))
        case stage if stage in ENDED:
            tenders.announce(plan, keys, tenders.quick_dates(stage, begin, deadline))
    if plan.stage == "cancelled":
        verbs.cancel(plan.tender, reason="Data contoh: anggaran direvisi.", by=plan.members[0])


def _bid(office: Office, plan: Planned) -> None:
    """Two or three of the six firms bid, each a little lower than the one before."""
    firms = list(office.providers.values())
    for place in range(2 + plan.number % 2):
        provider = firms[(plan.number + 2 * place) % len(firms)]
        share = Decimal(98 - 4 * place - plan.number % 3) / 100
        user = office.people[provider.officers.get().user.username]
        bids.send(plan.tender, provider, share_of_hps=share, by=user)


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
