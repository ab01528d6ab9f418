from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from lpse.errors import Refused
from lpse.law import Unit, Value
from procurement.domain import committee as domain
from procurement.domain import rule_set, tender
from procurement.domain.rule_set import RuleSet
from registration.domain import committee as registered
from registration.models import Certificate, Role
from tests.cast import Cast
from tests.factories.procurement import a_complete_tender
from tests.factories.registration import AssignmentFactory, CertificateFactory, today


def asking(code: str = "perpres-54-2010", *, confirmed: bool) -> RuleSet:
    """The law ``code``, as if it were known for sure that members are certified."""
    law = rule_set.load(code)
    certified = Value(True, Unit.YES_NO, "Pasal 17", confirmed)
    rules = dataclasses.replace(law.committee, members_certified=certified)
    return dataclasses.replace(law, committee=rules)


@pytest.mark.parametrize(
    ("code", "asks"),
    [("perpres-54-2010", True), ("perpres-16-2018", True), ("training", False)],
)
def test_the_laws_ask_for_certified_members_and_training_does_not(
    code: str, *, asks: bool, settings: object
) -> None:
    settings.SAMPLE_INSTALLATION = True
    rule = rule_set.load(code).committee.members_certified

    assert rule is not None
    assert rule.holds is asks


def test_a_rule_set_from_before_the_rule_knows_nothing_of_it(cast: Cast) -> None:
    old = rule_set.parse((rule_set.FOLDER / "superseded/perpres-54-2010-1.toml").read_bytes())
    Certificate.objects.all().delete()
    members = cast.members()
    Certificate.objects.all().delete()

    assert old.committee.members_certified is None
    assert list(domain.lacks(members, old, today())) == []


@pytest.mark.parametrize("confirmed", [True, False])
def test_uncertified_members_are_named_and_block_where_the_law_is_sure(
    cast: Cast, *, confirmed: bool
) -> None:
    members = cast.members()
    cast.rina.certificates.update(valid_until=today() - dt.timedelta(days=1))

    [lack] = domain.lacks(members, asking(confirmed=confirmed), today())

    assert "Rina Contoh" in lack.text
    assert "Budi" not in lack.text
    assert lack.blocks is confirmed
    assert "Pasal 17" in lack.article


def test_a_tender_is_not_announced_by_uncertified_members(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = a_complete_tender()
    monkeypatch.setattr(rule_set, "of", lambda _tender: asking(confirmed=True))
    tender.require_complete(made)
    cast.dewi.certificates.update(removed_at="2026-01-01T00:00Z")

    with pytest.raises(Refused, match="Dewi Contoh"):
        tender.require_complete(made)


def test_a_certificate_that_is_not_surely_asked_for_advises_and_does_not_block(
    cast: Cast,
) -> None:
    made = a_complete_tender()
    cast.dewi.certificates.update(removed_at="2026-01-01T00:00Z")

    advice = [m for m in tender.matters(made) if "Dewi Contoh" in m.text]

    assert [m.blocks for m in advice] == [False]
    tender.require_complete(made)


def test_the_agency_sees_what_its_committee_lacks(cast: Cast) -> None:
    pokja = cast.committee("satu")
    assert [lack.blocks for lack in registered.lacks([], today())] == [True]

    AssignmentFactory(
        user=cast.budi,
        role=Role.POKJA,
        committee=pokja,
        since=dt.date(2020, 1, 1),
        until=dt.date(2020, 2, 1),
    )
    members = registered.members(pokja, today())

    assert members == [cast.budi]
    texts = " ".join(lack.text for lack in registered.lacks(members, today()))
    assert "1" in texts
    fourth = AssignmentFactory(role=Role.POKJA, committee=pokja).user
    CertificateFactory(user=fourth)
    everybody = [*cast.members(), fourth]
    assert len(registered.lacks(everybody, today())) == 1
    assert registered.lacks(cast.members(), today()) == []
