"""The office's calendar as a rule set reads it: with or without joint leave."""

from __future__ import annotations

from lpse.calendar import working
from lpse.calendar.working import WorkingCalendar
from procurement.domain.rule_set import RuleSet


def load(rule_set: RuleSet) -> WorkingCalendar:
    return working.load(joint_leave=rule_set.days.joint_leave_is_a_holiday.holds)
