"""The law of registration as data."""

from __future__ import annotations

import datetime as dt

import pytest

from lpse.law import RuleSetError
from registration.domain import law
from registration.domain.law import FILE, parse
from registration.models import DocumentCode, ProviderKind

TEXT = FILE.read_text()


def changed(old: str, new: str) -> bytes:
    assert old in TEXT
    return TEXT.replace(old, new, 1).encode()


@pytest.mark.clause("P22(1)a.2.b")
@pytest.mark.parametrize("kind", [ProviderKind.COMPANY, ProviderKind.SOLE])
def test_a_firm_shows_five_papers_and_the_amendment_only_if_there_is_one(kind):
    documents = law.current().documents

    assert documents.of(kind) == tuple(DocumentCode)
    assert set(DocumentCode) - set(documents.needed(kind)) == {DocumentCode.DEED_AMENDMENT}


@pytest.mark.clause("P22(1)a.2.b")
def test_an_individual_shows_no_deed():
    documents = law.current().documents

    assert documents.needed(ProviderKind.PERSON) == (
        DocumentCode.KTP,
        DocumentCode.NPWP,
        DocumentCode.LICENCE,
    )


@pytest.mark.clause("P22(3)", "P22(4)")
def test_no_other_paper_is_asked_for_and_no_firm_is_visited():
    documents = law.current().documents

    assert not documents.additional_allowed.holds
    assert not documents.field_inspection.holds


def test_what_no_article_names_is_to_be_confirmed_by_the_lpse():
    found = law.current()

    own = (
        found.application.complete_within,
        found.application.remind_before,
        found.verification.decide_within,
        found.office.opens,
        found.office.closes,
        found.visit.book_ahead,
        found.invitation.valid_for,
        found.validity.remind_before,
        found.personal_data.archive_kept_for,
    )
    assert {value.confirmed for value in own} == {False}
    assert (found.office.opens.time, found.office.closes.time) == (dt.time(8), dt.time(16))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('["ktp", "npwp"', '["passport", "npwp"', "documents.person.value names no paper"),
        ('["deed_amendment"]', "[1]", "documents.optional.value is not a list of strings"),
        ('"08:00"', '"17:00"', "office.closes lies before office.opens"),
        ('unit = "working_hours"', 'unit = "minutes"', "verification.decide_within.unit"),
        ("value = 16", "value = -1", "verification.decide_within.value is negative"),
        ("[visit]", "[visits]", "visit is missing"),
        ("[visit]", "[more]\n[visit]", "unknown: more"),
    ],
)  # fmt: skip
def test_a_misspelt_file_says_where_it_is_wrong(old, new, message):
    with pytest.raises(RuleSetError, match=message):
        parse(changed(old, new))


def test_the_papers_are_read_only_as_what_they_are():
    papers = law.current().documents.company

    assert papers.codes[0] == "ktp"
    with pytest.raises(RuleSetError):
        _ = papers.edges
