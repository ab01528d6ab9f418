"""The law as data: what is shipped, and what a misspelt file is told."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from lpse.errors import Refused
from lpse.law import RuleSetError, Unit
from procurement.domain import rule_set
from procurement.domain.rule_set import FOLDER, POST_ONE, parse
from procurement.models import StageCode, Tender

LAW = (FOLDER / "perpres-54-2010.toml").read_text()


@pytest.fixture(autouse=True)
def _sample(settings):
    settings.SAMPLE_INSTALLATION = True


def changed(old: str, new: str) -> bytes:
    assert old in LAW
    return LAW.replace(old, new, 1).encode()


def test_both_laws_and_training_are_there_in_the_sample_installation():
    assert [r.code for r in rule_set.available()] == [
        "perpres-16-2018",
        "perpres-54-2010",
        "training",
    ]


def test_training_exists_only_in_the_sample_installation(settings):
    settings.SAMPLE_INSTALLATION = False

    assert "training" not in [r.code for r in rule_set.available()]
    with pytest.raises(Refused):
        rule_set.load("training")


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (dt.date(2010, 8, 10), "perpres-54-2010"),
        (dt.date(2018, 6, 30), "perpres-54-2010"),
        (dt.date(2018, 7, 1), "perpres-16-2018"),
        (dt.date(2026, 11, 24), "perpres-16-2018"),
    ],
)
def test_the_law_of_a_day_is_never_the_training_set(day, code):
    assert rule_set.in_force(day).code == code


@pytest.mark.parametrize("law", ["perpres-54-2010", "perpres-16-2018", "training"])
def test_every_value_has_a_source_and_every_procedure_its_twelve_stages(law):
    rules = rule_set.load(law)
    procedure = rules.procedures[POST_ONE]

    values = [value for _section, _name, value in rules.rules() if value is not None]
    values += [limit.span for limit in procedure.limits]
    assert all(value.source.strip() for value in values)
    assert [stage.code for stage in procedure.stages] == list(StageCode)


def test_training_counts_in_minutes_only():
    procedure = rule_set.load("training").procedures[POST_ONE]

    assert {limit.span.unit for limit in procedure.limits} == {Unit.MINUTES}
    assert procedure.unit is Unit.MINUTES


def test_only_training_is_marked_as_training():
    assert [r.code for r in rule_set.available() if r.training] == ["training"]


def test_a_tender_goes_by_the_very_content_it_was_put_under():
    law = rule_set.load("perpres-54-2010")

    kept = Tender(rule_set=law.code, rule_set_digest=law.digest)
    assert rule_set.of(kept) == law

    other = Tender(rule_set=law.code, rule_set_digest="0" * 64)
    with pytest.raises(RuleSetError, match="is not kept here"):
        rule_set.of(other)


def test_the_digest_changes_with_the_content_and_not_with_its_layout():
    assert (
        parse(LAW.encode()).digest
        == parse(LAW.replace("\n[days]", "\n\n\n[days]").encode()).digest
    )
    assert parse(changed("value = 28", "value = 29")).digest != parse(LAW.encode()).digest


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Perpres 54/2010"\n', "", "title is missing"),
        ("training = false", 'training = "no"', "training is not a bool"),
        ("training = false", "training = false\nextra = 1", "unknown: extra"),
        ("[tax]", "[taxes]", "tax is missing"),
        ("ppn = {", "vat = {", "tax.ppn is missing"),
        ('28, unit = "calendar_days"', '28, unit = "weeks"', "hps.age_maximum.unit"),
        ("value = 28", "value = -1", "hps.age_maximum.value is negative"),
        ("value = 28", "value = true", "hps.age_maximum.value is not a int"),
        ('value = "7.5"', "value = 7.5", "preference.maximum_works.value is not a str"),
        ('value = "7.5"', 'value = "many"', "preference.maximum_works.value is no percent"),
        ('value = "08:00"', 'value = "8:00"', "days.office_opens.value is no time"),
        ('value = "majority"', 'value = "most"', "committee.opening_threshold.value is no word"),
        ('source = "Pasal 45"', 'source = " "', "source is empty"),
        ('source = "Pasal 45", confirmed = true', 'source = "Pasal 45"', "confirmed is missing"),
        ('code = "proof"', 'code = "test"', r"stages\[7\].code is unknown"),
        ('edge = "objection.ends"', 'edge = "objection.closes"', "names no edge of a stage"),
        ('"announcement.ends", at_least', '"announcement.ends", least', "at_most is missing"),
    ],
)  # fmt: skip
def test_a_misspelt_file_says_where_it_is_wrong(old, new, message):
    with pytest.raises(RuleSetError, match=message):
        parse(changed(old, new))


def test_what_is_no_toml_is_refused():
    with pytest.raises(RuleSetError, match="not TOML"):
        parse(b"code = ")


def test_a_value_is_used_only_as_what_it_is():
    law = rule_set.load("perpres-54-2010")

    with pytest.raises(RuleSetError):
        _ = law.tax.ppn.number
    with pytest.raises(RuleSetError):
        _ = law.hps.age_maximum.percent
    assert law.days.office_opens.time == dt.time(8)


def test_no_number_of_the_law_is_written_into_the_domain_code():
    """Durations and thresholds come from the rule set: no module names one."""
    law = re.compile(r"timedelta\((days|hours|weeks)=(?!1\b)\d|\b\d{9,}\b")
    sources = [p for p in (FOLDER.parent / "domain").glob("*.py") if p.name != "member_key.py"]

    assert [p.name for p in sources if law.search(p.read_text())] == []
