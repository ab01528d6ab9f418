"""The calendar as a rule set reads it."""

from __future__ import annotations

import datetime as dt

import pytest

from lpse.calendar.models import Holiday
from procurement.domain import calendar, rule_set


@pytest.mark.django_db
def test_the_rule_set_says_whether_joint_leave_counts(settings):
    settings.SAMPLE_INSTALLATION = True
    day = dt.date(2026, 3, 20)
    Holiday.objects.create(day=day, name="Cuti bersama", is_joint_leave=True)

    assert not calendar.load(rule_set.load("perpres-16-2018")).is_working(day)
    assert calendar.load(rule_set.load("training")).is_working(day)
