"""Who may do what to a tender. States, stages and the law are not decided here.

P3(3): no office of the LPSE may make a package, choose its procedure, set or change its
schedule, or write its documents and announcement. None of the predicates names one.
"""

from __future__ import annotations

import rules
from django.contrib.auth.models import AnonymousUser

from procurement.models import Tender
from registration.models import Role, User
from registration.rules import audits, is_member, is_office_of, is_pokja, is_pp, is_ppk

Person = User | AnonymousUser


@rules.predicate
def is_its_ppk(user: Person, tender: Tender) -> bool:
    """The PPK who made it, while in office at its agency."""
    return tender.ppk_id == user.pk and is_office_of(user, Role.PPK, tender.agency_id)


@rules.predicate
def is_on_its_committee(user: Person, tender: Tender) -> bool:
    return is_member(user, tender.committee_id)


@rules.predicate
def is_announced(_user: Person, tender: Tender) -> bool:
    return tender.announced_at is not None


@rules.predicate
def is_handed_over(_user: Person, tender: Tender) -> bool:
    return tender.handed_over_at is not None


@rules.predicate
def audits_it(user: Person, tender: Tender) -> bool:
    """Whether the auditor's letter of assignment covers the agency."""
    return audits(user, tender.agency_id)


runs_it = is_on_its_committee & is_handed_over

rules.add_perm("procurement.view_tender", rules.always_allow)
rules.add_perm("procurement.create_tender", is_ppk)
rules.add_perm("procurement.edit_tender", is_its_ppk)
rules.add_perm("procurement.hand_over_tender", is_its_ppk)
rules.add_perm("procurement.prepare_tender", runs_it)
rules.add_perm("procurement.hand_back_tender", runs_it)
rules.add_perm("procurement.announce_tender", runs_it)
rules.add_perm("procurement.change_schedule", runs_it)
rules.add_perm("procurement.hold_keys", is_pokja | is_pp)
rules.add_perm("procurement.sign_statement", runs_it)
rules.add_perm("procurement.cancel_tender", is_its_ppk & ~is_handed_over | runs_it)
rules.add_perm("procurement.view_workspace", runs_it | is_its_ppk | audits_it & is_announced)
rules.add_perm("procurement.read_estimate", runs_it | is_its_ppk | audits_it & is_announced)
