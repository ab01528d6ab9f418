"""The terms of a blacklist entry, rule set by rule set, for registration to ask."""

from __future__ import annotations

from lpse.law import Value
from procurement.domain import rule_set
from registration.domain import sanction
from registration.domain.sanction import Law, Term
from registration.models import Violation


@sanction.laws
def laws() -> list[Law]:
    return [
        Law(
            code=one.code,
            title=one.title,
            terms={
                Violation.FRAUD: _term(one.blacklist.fraud),
                Violation.WITHDRAWAL: _term(one.blacklist.withdrawal),
            },
        )
        for one in rule_set.available()
    ]


def _term(value: Value) -> Term:
    return Term(value.number, value.source, value.confirmed)
