"""The life of a tender, from the PPK's draft to the opened box."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from lpse.audit.events import Event
from lpse.audit.log import record
from lpse.calendar.working import WorkingCalendar
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.law import Unit, span_words
from lpse.money import as_text, rounded, rupiah
from lpse.sealing import jcs
from lpse.workflow import Transition, Workflow
from procurement.domain import calendar, notice, rule_set, schedule, tender_lock
from procurement.domain.committee import lacks
from procurement.domain.rule_set import RuleSet
from procurement.domain.schedule import Changes
from procurement.models import (
    DocumentKind,
    Item,
    Stage,
    StageCode,
    StatementSignature,
    Tender,
    TenderState,
)
from registration.models import Assignment, Committee, Role, User

CONTENT_FORMAT = "lpse-announcement/1"
FIRST_NUMBER = 1000  # the running number of the first tender, as an SPSE counts


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill of quantities as the PPK wrote it."""

    description: str
    volume: Decimal
    unit: str
    hps_unit_price: Decimal

    @property
    def total(self) -> Decimal:
        return rounded(self.volume * self.hps_unit_price)


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that stands between a tender and its next step, or that one should know."""

    text: str
    blocks: bool
    article: str = ""
    place: str = ""  # the URL name of the page where it is mended


# --- Guards -----------------------------------------------------------------------------------


def has_items(tender: Tender) -> str | None:
    if not tender.items.exists():
        return _("The package has no lines yet.")
    if not tender.hps_rupiah or tender.hps_set_at is None:
        return _("The owner's estimate (HPS) is not set.")
    return None


def is_within_the_ceiling(tender: Tender) -> str | None:
    if tender.hps_rupiah > tender.budget_ceiling_rupiah:
        return _("The HPS is above the budget ceiling.")
    return None


def has_a_committee(tender: Tender) -> str | None:
    """A committee of a legal size, to which the PPK does not belong."""
    if tender.committee is None:
        return _("Choose the committee that will run the tender.")
    blocking = [matter for matter in _committee_matters(tender) if matter.blocks]
    return blocking[0].text if blocking else None


def is_complete(tender: Tender) -> str | None:
    """Everything the announcement says is there and legal; only the signatures are missing."""
    return next((matter.text for matter in matters(tender) if matter.blocks), None)


def is_signed(tender: Tender) -> str | None:
    """More than half of the committee signed what is announced now, and nothing else."""
    statement = tender.statements.filter(version=1, discarded_at=None).first()
    if statement is None:
        return _("The committee has not signed the key statement yet.")
    if statement.content != content_text(tender):
        return _("The tender was changed after its key statement was proposed: propose it anew.")
    signed = StatementSignature.objects.filter(statement=statement).count()
    if 2 * signed <= jcs.parse(statement.body.encode())["n"]:
        return _("A majority of the committee has not signed the key statement yet.")
    return None


def no_bid_is_due(tender: Tender) -> str | None:
    """What was announced is withdrawn before its deadline, or runs on to the box's closing."""
    if tender.state != TenderState.ANNOUNCED:
        return None
    deadline = tender.stages.get(code=StageCode.SUBMISSION).ends_at
    if deadline <= database_now():
        return _("The deadline for bids has passed: the box is closed first.")
    return None


TENDER = Workflow(
    "state",
    (
        Transition(
            name="hand_over",
            sources=(TenderState.DRAFT,),
            target=TenderState.HANDED_OVER,
            permission="procurement.hand_over_tender",
            guards=(has_items, is_within_the_ceiling, has_a_committee),
            event=Event.TENDER_HANDED_OVER,
            article="Perpres 54/2010 P11(1)a",
        ),
        Transition(
            name="hand_back",
            sources=(TenderState.HANDED_OVER,),
            target=TenderState.DRAFT,
            permission="procurement.hand_back_tender",
            event=Event.TENDER_RETURNED,
            article="Perpres 54/2010 P17(3)",
        ),
        Transition(
            name="announce",
            sources=(TenderState.HANDED_OVER,),
            target=TenderState.ANNOUNCED,
            permission="procurement.announce_tender",
            guards=(is_complete, is_signed),
            event=Event.TENDER_ANNOUNCED,
            article="P3(1)b",
        ),
        Transition(
            name="close",
            sources=(TenderState.ANNOUNCED,),
            target=TenderState.CLOSED,
            permission=None,
            event=Event.TENDER_BOX_CLOSED,
            article="P3(1)c",
        ),
        Transition(
            name="open",
            sources=(TenderState.CLOSED,),
            target=TenderState.OPENED,
            permission=None,
            event=Event.TENDER_OPENED,
            article="P3(1)c",
        ),
        Transition(
            name="cancel",
            sources=(TenderState.DRAFT, TenderState.HANDED_OVER, TenderState.ANNOUNCED),
            target=TenderState.CANCELLED,
            permission="procurement.cancel_tender",
            guards=(no_bid_is_due,),
            event=Event.TENDER_CANCELLED,
            article="Perpres 54/2010 P83",
        ),
    ),
)


# --- What is missing, what should be known ------------------------------------------------------


def matters(tender: Tender) -> list[Matter]:
    """What stands before the announcement, in the order in which a committee works."""
    found = [Matter(reason, blocks=True) for reason in _simple_faults(tender)]
    found += _committee_matters(tender)
    if not tender.procedure:
        return [
            *found,
            Matter(_("Choose the rule set and the procedure."), blocks=True, place="procedure"),
        ]
    found += _schedule_matters(tender)
    selection = tender.documents.filter(removed_at=None, kind=DocumentKind.SELECTION)
    if not selection.exists():
        found.append(Matter(_("Upload the selection document."), blocks=True, place="files"))
    return found


def require_complete(tender: Tender) -> None:
    """``Refused`` with the first thing that is missing; then only signatures are."""
    if reason := is_complete(tender):
        raise Refused(reason)


def _simple_faults(tender: Tender) -> Iterable[str]:
    return filter(None, (has_items(tender), is_within_the_ceiling(tender)))


def _committee_matters(tender: Tender) -> Iterable[Matter]:
    law = _law(tender)
    members = list(tender.members(localdate()))
    if tender.ppk in members:
        yield Matter(_("The PPK of a package is not on its committee."), blocks=True)
    for lack in lacks(members, law, localdate()):
        yield Matter(lack.text, lack.blocks, lack.article)


def _schedule_matters(tender: Tender) -> Iterable[Matter]:
    law = rule_set.of(tender)
    working = calendar.load(law)
    stages = list(tender.stages.all())
    if not stages:
        yield Matter(_("Set the schedule."), blocks=True, place="schedule_edit")
        return
    now = database_now()
    findings = schedule.check(stages, law, procedure=tender.procedure, working=working, now=now)
    for finding in findings:
        yield Matter(
            f"{finding.stage.label}: {finding.message}",
            finding.blocks,
            finding.article,
            "schedule_edit",
        )
    yield from _hps_age(tender, law, working, stages)


def _hps_age(
    tender: Tender, law: RuleSet, working: WorkingCalendar, stages: Sequence[Stage]
) -> Iterable[Matter]:
    rule = law.hps.age_maximum
    deadline = next((s.ends_at for s in stages if s.code == StageCode.SUBMISSION), None)
    if tender.hps_set_at is None or deadline is None or rule.unit is Unit.MINUTES:
        return
    last = working.later(working.local_day(tender.hps_set_at), rule.number, rule.unit)
    if working.last_day(deadline) > last:
        yield Matter(
            _("At the bid deadline the HPS would be older than %(span)s.")
            % {"span": span_words(rule)},
            rule.confirmed,
            f"{law.title}, {rule.source}",
        )


def _law(tender: Tender) -> RuleSet:
    return rule_set.of(tender) if tender.rule_set else rule_set.in_force(localdate())


# --- The PPK's verbs ----------------------------------------------------------------------------


@transaction.atomic
def create(*, by: User, **fields: Any) -> Tender:
    """Begin a package: the next running number, followed by the digits of this LPSE."""
    if not by.has_perm("procurement.create_tender"):
        raise PermissionDenied
    _refuse_a_foreign_agency(fields["agency"].pk, by)
    number = next_number()
    tender = Tender.objects.create(pk=number, code=code_of(number), ppk=by, **fields)
    record(Event.TENDER_CREATED, subject=tender, by=by, code=tender.code, title=tender.title)
    return tender


@transaction.atomic
def edit(tender: Tender, *, by: User, **fields: Any) -> None:
    """Change what the PPK says about a package that is not handed over yet."""
    locked = tender_lock.take(tender)
    _in_draft(locked, by)
    _refuse_a_foreign_agency(fields.get("agency", locked.agency).pk, by)
    changed = sorted(name for name, value in fields.items() if getattr(locked, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(locked, name, fields[name])
    locked.save(update_fields=changed)
    record(Event.TENDER_CHANGED, subject=locked, by=by, fields=changed)


@transaction.atomic
def set_items(tender: Tender, lines: Sequence[Line], *, by: User) -> None:
    """Replace the bill of quantities; the HPS is its total with VAT, in whole rupiah."""
    locked = tender_lock.take(tender)
    _in_draft(locked, by)
    total = hps_total(lines, _law(locked))
    if total > locked.budget_ceiling_rupiah:
        raise Refused(
            _("The HPS would be %(hps)s, above the budget ceiling of %(ceiling)s.")
            % {"hps": rupiah(total), "ceiling": rupiah(locked.budget_ceiling_rupiah)}
        )
    locked.items.all().delete()
    Item.objects.bulk_create(
        Item(
            tender=locked,
            number=number,
            description=line.description,
            volume=line.volume,
            unit=line.unit,
            hps_unit_price=line.hps_unit_price,
        )
        for number, line in enumerate(lines, start=1)
    )
    now = database_now()
    Tender.objects.filter(pk=locked.pk).update(hps_rupiah=total, hps_set_at=now if lines else None)
    tender.hps_rupiah, tender.hps_set_at = total, now if lines else None
    record(Event.TENDER_CHANGED, subject=locked, by=by, fields=["items"], lines=len(lines))


@transaction.atomic
def hand_over(tender: Tender, committee: Committee, *, by: User) -> None:
    """Give the package to ``committee``: from here on the PPK may read and not change it."""
    locked = tender_lock.take(tender)
    if locked.state != TenderState.DRAFT:
        raise Refused(_("The package has been handed over already."))
    _refuse_own_committee(locked, committee)
    now = database_now()
    Tender.objects.filter(pk=locked.pk).update(committee=committee, handed_over_at=now)
    TENDER.fire(tender, "hand_over", by=by, committee=committee.name)
    tender.committee, tender.handed_over_at = committee, now
    notice.to_committee(tender, "tender_handed_over", url=tender.get_workspace_url())


@transaction.atomic
def hand_back(tender: Tender, *, reason: str, by: User) -> None:
    """Return the package to its PPK, who alone may change the lines and the HPS."""
    if not reason.strip():
        raise Refused(_("Say what the PPK should change."), field="reason")
    tender_lock.take(tender)
    TENDER.fire(tender, "hand_back", by=by, reason=reason)
    Tender.objects.filter(pk=tender.pk).update(handed_over_at=None)
    tender.handed_over_at = None
    notice.to_ppk(tender, "tender_handed_back", reason=reason)


# --- The committee's verbs ----------------------------------------------------------------------


@transaction.atomic
def choose_procedure(tender: Tender, *, code: str, procedure: str, by: User) -> None:
    """Put the tender under a rule set, whose very content it carries for life."""
    locked = tender_lock.take(tender)
    _in_preparation(locked, by)
    law = rule_set.load(code)
    if procedure not in law.procedures:
        raise Refused(_("This rule set has no such procedure."), field="procedure")
    lines = [line_of(item) for item in locked.items.all()]
    total = hps_total(lines, law)
    if total > locked.budget_ceiling_rupiah:
        raise Refused(
            _("With the VAT of %(law)s the HPS would be %(hps)s, above the budget ceiling.")
            % {"law": law.title, "hps": rupiah(total)}
        )
    Tender.objects.filter(pk=locked.pk).update(
        rule_set=law.code,
        rule_set_digest=law.digest,
        procedure=procedure,
        is_training=law.training,
        hps_rupiah=total,
    )
    tender.refresh_from_db()
    record(
        Event.TENDER_PROCEDURE_CHOSEN,
        subject=locked,
        by=by,
        rule_set=law.code,
        digest=law.digest,
        procedure=procedure,
    )


@transaction.atomic
def announce(tender: Tender, *, by: User) -> None:
    """Publish ``tender``. The signature that makes a majority is what calls this (P3(1)b)."""
    tender_lock.take(tender)
    now = database_now()
    Tender.objects.filter(pk=tender.pk, announced_at=None).update(announced_at=now)
    TENDER.fire(tender, "announce", by=by, content=content_digest(tender))
    tender.announced_at = now
    notice.to_committee(tender, "tender_announced")
    notice.to_ppk(tender, "tender_announced")


@transaction.atomic
def cancel(tender: Tender, *, reason: str, by: User) -> None:
    """Call the tender off; the reason is public and everybody who followed it is told."""
    if not reason.strip():
        raise Refused(
            _("Say why the tender is cancelled: everybody will read it."), field="reason"
        )
    tender_lock.take(tender)
    Tender.objects.filter(pk=tender.pk, cancelled_at=None).update(
        cancelled_at=database_now(), cancel_reason=reason
    )
    TENDER.fire(tender, "cancel", by=by, reason=reason)
    tender.refresh_from_db()
    if tender.announced_at is not None:
        notice.to_followers(tender, "tender_cancelled", reason=reason)
    elif tender.committee_id:
        notice.to_committee(tender, "tender_cancelled", reason=reason)


# --- What the committee approves ----------------------------------------------------------------


def content(tender: Tender, dates: Changes | None = None) -> dict[str, Any]:
    """What is announced, with ``dates`` in place of the present ones where given.

    No price of a line is in it: the lines of the HPS are secret, its total is public.
    """
    stages = {s.code: (s.starts_at, s.ends_at) for s in tender.stages.all()} | dict(dates or {})
    return {
        "format": CONTENT_FORMAT,
        "tender": tender.code,
        "title": tender.title,
        "description": tender.description,
        "agency": tender.agency.name,
        "work_unit": tender.work_unit.name,
        "category": tender.category,
        "contract_type": tender.contract_type,
        "location": tender.location,
        "budget_year": tender.budget_year,
        "fund_source": tender.fund_source,
        "rup_code": tender.rup_code,
        "qualification_terms": tender.qualification_terms,
        "budget_ceiling": as_text(Decimal(tender.budget_ceiling_rupiah)),
        "hps": as_text(Decimal(tender.hps_rupiah)),
        "rule_set": {"code": tender.rule_set, "digest": tender.rule_set_digest},
        "procedure": tender.procedure,
        "items": [
            {
                "no": item.number,
                "description": item.description,
                "volume": volume_text(item.volume),
                "unit": item.unit,
            }
            for item in tender.items.all()
        ],
        "schedule": schedule.as_json(stages),
        "documents": [
            {
                "kind": document.kind,
                "name": document.name,
                "sha256": document.file.sha256,
                "size": document.file.size,
            }
            for document in tender.documents.filter(removed_at=None)
            .select_related("file")
            .order_by("kind", "name", "pk")
        ],
    }


def content_text(tender: Tender, dates: Changes | None = None) -> str:
    """:func:`content` in the one spelling that is signed."""
    return jcs.canonical(content(tender, dates)).decode()


def content_digest(tender: Tender, dates: Changes | None = None) -> str:
    return jcs.digest(content(tender, dates))


def line_of(item: Item) -> Line:
    return Line(item.description, item.volume, item.unit, item.hps_unit_price)


def volume_text(volume: Decimal) -> str:
    """A volume as signed documents write it: ``10``, ``0.5``."""
    return f"{volume.normalize():f}"


def hps_total(lines: Sequence[Line], law: RuleSet) -> int:
    """The estimate in whole rupiah: the lines, and VAT where the law includes it."""
    subtotal = sum((line.total for line in lines), start=Decimal(0))
    if law.hps.includes_tax.holds:
        subtotal += rounded(subtotal * law.tax.ppn.percent / 100)
    return int(subtotal.quantize(Decimal(1), rounding=ROUND_HALF_UP))


# --- Numbers ------------------------------------------------------------------------------------


def next_number() -> int:
    """The key of the next tender, from which its code is made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('procurement_tender', 'id'))")
        row = cursor.fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM gives one row
    return int(row[0])


def code_of(number: int) -> str:
    return f"{FIRST_NUMBER + number}{settings.LPSE_CODE}"


# --- Refusals -----------------------------------------------------------------------------------


def _in_draft(tender: Tender, by: User) -> None:
    if not by.has_perm("procurement.edit_tender", tender):
        raise PermissionDenied
    if tender.state != TenderState.DRAFT:
        raise Refused(_("The package has been handed over: only the committee can return it."))


def _in_preparation(tender: Tender, by: User) -> None:
    if not by.has_perm("procurement.prepare_tender", tender):
        raise PermissionDenied
    if tender.state != TenderState.HANDED_OVER:
        raise Refused(_("The tender is announced: this can no longer be changed."))


def _refuse_a_foreign_agency(agency: int, by: User) -> None:
    if not any(o.role == Role.PPK and o.agency_id == agency for o in by.offices):
        raise Refused(_("You are not PPK of this agency."), field="agency")


def _refuse_own_committee(tender: Tender, committee: Committee) -> None:
    """The database refuses it too (``ppk_apart_from_committee``)."""
    own = Assignment.objects.in_force().filter(
        user=tender.ppk_id, role=Role.POKJA, committee=committee
    )
    if own.exists():
        raise Refused(_("The PPK of a package is not on its committee."), field="committee")
