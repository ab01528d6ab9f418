from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.errors import Refused
from lpse.files.storage import storage
from lpse.mail.models import Message
from registration.domain import expiry, law
from registration.domain import qualification as domain
from registration.domain.qualification import Validity
from registration.models import (
    Application,
    ApplicationDocument,
    ApplicationState,
    CheckResult,
    DocumentCheck,
    DocumentCode,
    OfficerRight,
    QualificationKind,
    QualificationVersion,
    User,
)
from tests.cast import Cast
from tests.factories.house import LICENCE, PDF, a_colleague, a_document, a_licence
from tests.factories.registration import today

NEWER = PDF.replace(b"1.7", b"1.6")
DAY = dt.timedelta(days=1)


@pytest.mark.clause("P22(5)")
def test_a_later_version_leaves_the_earlier_one_as_it_was(cast: Cast) -> None:
    first = a_licence(cast.maju)

    second = a_licence(
        cast.maju,
        content=NEWER,
        facts={"number": "CONTOH/002"},
        replaces=first.qualification,
    )

    first.refresh_from_db()
    assert (first.number, second.number) == (1, 2)
    assert first.facts["number"] == "CONTOH/001"
    assert storage().read(first.file.name) == PDF
    assert storage().read(second.file.name) == NEWER
    assert [line.version for line in domain.lines(cast.provider("maju"))] == [second]


@pytest.mark.clause("P22(5)")
def test_no_version_can_be_changed_or_deleted(cast: Cast) -> None:
    version = a_licence(cast.maju)

    for act in (
        lambda: QualificationVersion.objects.filter(pk=version.pk).update(title="lain"),
        lambda: QualificationVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_new_version_keeps_the_document_unless_there_is_another(cast: Cast) -> None:
    first = a_licence(cast.maju)

    second = a_licence(cast.maju, content=None, replaces=first.qualification)

    assert second.file == first.file
    assert second.file_name == "izin.pdf"


def test_what_is_written_is_named_by_its_facts_and_recorded(cast: Cast) -> None:
    version = a_licence(cast.maju)

    assert version.title == "Izin usaha jasa konstruksi, CONTOH/001"
    entry = AuditEntry.objects.get(event=Event.QUALIFICATION_WRITTEN)
    assert (entry.data["kind"], entry.data["version"]) == ("licence", 1)
    assert "CONTOH/001" not in str(entry.data)


@pytest.mark.parametrize("kind", QualificationKind)
def test_every_kind_has_facts_and_a_title_of_them(kind: QualificationKind) -> None:
    codes = [fact.code for fact in domain.FACTS[kind]]

    assert len(set(codes)) == len(codes)
    assert set(domain.TITLES[kind]) <= set(codes)
    assert domain.FACTS[kind][0].required


def test_what_is_needed_is_not_left_out_and_what_is_unknown_not_kept(cast: Cast) -> None:
    firm, maju = cast.maju.provider, cast.maju

    with pytest.raises(Refused) as refusal:
        domain.write(firm, QualificationKind.LICENCE, facts=LICENCE | {"number": " "}, by=maju)
    version = domain.write(
        firm, QualificationKind.LICENCE, facts=LICENCE | {"salary": "1"}, by=maju
    )

    assert refusal.value.field == "number"
    assert "salary" not in version.facts


def test_the_last_day_does_not_lie_before_the_first(cast: Cast) -> None:
    with pytest.raises(Refused):
        a_licence(cast.maju, valid_from=today(), until=today() - DAY)


def test_what_is_removed_is_not_listed_and_stays_in_its_history(cast: Cast) -> None:
    version = a_licence(cast.maju)

    domain.remove(version.qualification, by=cast.maju)

    assert domain.lines(cast.provider("maju")) == []
    assert list(domain.versions(version.qualification)) == [version]
    with pytest.raises(Refused):
        a_licence(cast.maju, replaces=version.qualification)
    with pytest.raises(Refused):
        domain.remove(version.qualification, by=cast.maju)


def test_a_reader_writes_nothing_and_another_firm_neither(cast: Cast) -> None:
    version = a_licence(cast.maju)
    reader = a_colleague(cast.provider("maju"), "pembaca", OfficerRight.READER)

    for by in (reader, cast.jaya, cast.stranger, cast.wati):
        with pytest.raises(PermissionDenied):
            domain.write(cast.provider("maju"), QualificationKind.LICENCE, facts=LICENCE, by=by)
        with pytest.raises(PermissionDenied):
            domain.remove(version.qualification, by=by)


def test_an_entry_of_another_firm_is_not_written_to(cast: Cast) -> None:
    """Not by naming it beside the own firm either."""
    theirs = a_licence(cast.jaya)

    with pytest.raises(PermissionDenied):
        a_licence(cast.maju, replaces=theirs.qualification)


@pytest.mark.parametrize(
    ("days", "validity"),
    [
        (-1, Validity.EXPIRED),
        (0, Validity.SOON),
        (30, Validity.SOON),
        (31, Validity.VALID),
        (None, Validity.UNLIMITED),
    ],
)
def test_how_the_dates_stand(cast: Cast, days: int | None, validity: Validity) -> None:
    assert law.current().validity.remind_before.number == 30
    a_licence(cast.maju, until=None if days is None else today() + days * DAY)

    assert [line.validity for line in domain.lines(cast.provider("maju"))] == [validity]


# --- Reminders ---------------------------------------------------------------------------------


def told(user: User) -> list[str]:
    written = Message.objects.filter(recipient=user, template__endswith="_expires")
    return sorted(written.values_list("template", flat=True))


def test_a_firm_is_reminded_once_of_every_version_that_expires(cast: Cast) -> None:
    first = a_licence(cast.maju, until=today() + 10 * DAY)
    a_licence(cast.maju, until=today() + 100 * DAY)
    a_colleague(cast.provider("maju"), "kolega")

    assert [expiry.remind(), expiry.remind()] == [1, 0]

    assert told(cast.maju) == ["qualification_expires"]
    assert told(User.objects.get(username="kolega")) == ["qualification_expires"]
    assert told(cast.jaya) == []
    a_licence(cast.maju, until=today() + 20 * DAY, replaces=first.qualification)
    assert expiry.remind() == 1


def test_of_what_was_renewed_or_removed_nobody_is_reminded(cast: Cast) -> None:
    renewed = a_licence(cast.maju, until=today() + 10 * DAY)
    a_licence(cast.maju, until=today() + 400 * DAY, replaces=renewed.qualification)
    removed = a_licence(cast.maju, until=today() + 10 * DAY)
    domain.remove(removed.qualification, by=cast.maju)

    assert expiry.remind() == 0


@pytest.mark.parametrize(("language", "word"), [("id", "berlaku"), ("en", "valid until")])
def test_the_reminder_is_written_in_the_language_of_its_reader(
    cast: Cast, language: str, word: str
) -> None:
    User.objects.filter(pk=cast.maju.pk).update(language=language)
    a_licence(cast.maju, until=today() + 10 * DAY)

    expiry.remind()

    message = Message.objects.get(template="qualification_expires")
    assert word in message.body
    assert "CONTOH/001" in message.body
    assert "CONTOH" not in message.subject


def an_approved_paper(cast: Cast, code: str, until: dt.date, decided_at: dt.datetime) -> None:
    application = Application.objects.create(
        code=code,
        applicant=cast.maju,
        provider=cast.provider("maju"),
        state=ApplicationState.APPROVED,
        complete_by=decided_at,
        decided_at=decided_at,
        decided_by=cast.wati,
    )
    paper = ApplicationDocument.objects.create(
        application=application,
        code=DocumentCode.LICENCE,
        name="izin.pdf",
        file=a_document().file,
    )
    DocumentCheck.objects.create(
        document=paper,
        copy_received=True,
        original_seen=True,
        result=CheckResult.FITS,
        valid_until=until,
        checked_by=cast.wati,
    )


def test_of_a_verified_paper_the_firm_is_reminded_too(cast: Cast) -> None:
    decided = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    an_approved_paper(cast, "AAAA-AAAA", today() + 10 * DAY, decided)

    assert [expiry.remind(), expiry.remind()] == [1, 0]

    assert told(cast.maju) == ["document_expires"]


def test_a_paper_verified_later_stands_for_the_old(cast: Cast) -> None:
    decided = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    an_approved_paper(cast, "AAAA-AAAA", today() + 10 * DAY, decided)
    an_approved_paper(cast, "BBBB-BBBB", today() + 400 * DAY, decided + DAY)

    assert expiry.remind() == 0
