"""Who somebody is: the offices held today and the provider acted for.

Everything below reads ``user.offices`` and ``user.officer``, each asked of the database once per
request. Applications above combine these predicates with their own objects.
"""

from __future__ import annotations

from typing import Any

import rules

from registration.models import (
    LPSE_ROLES,
    Agency,
    Application,
    OfficeRequest,
    OfficerRight,
    Provider,
    ProviderOfficer,
    Purpose,
    Role,
    User,
)

ACTING = (OfficerRight.ADMINISTRATOR, OfficerRight.BIDDER)


def holds(user: Any, *roles: Role) -> bool:
    """Whether ``user`` holds one of the offices today; nobody who is not signed in does."""
    return any(office.role in roles for office in getattr(user, "offices", ()))


def provider_of(user: Any) -> Provider | None:
    return getattr(user, "provider", None)


def is_member(user: Any, committee_id: int | None) -> bool:
    """Whether ``user`` sits on this Pokja today."""
    return committee_id is not None and committee_id in {
        office.committee_id for office in getattr(user, "offices", ()) if office.role == Role.POKJA
    }


def is_office_of(user: Any, role: Role, agency_id: int | None) -> bool:
    """Whether ``user`` holds ``role`` at this agency today."""
    return any(
        office.role == role and office.agency_id == agency_id
        for office in getattr(user, "offices", ())
    )


def audits(user: Any, agency_id: int | None) -> bool:
    """Whether the letter of assignment of an auditor covers this agency; one without an agency
    covers all that the LPSE serves.
    """
    return any(
        office.role == Role.AUDITOR and office.agency_id in {None, agency_id}
        for office in getattr(user, "offices", ())
    )


@rules.predicate
def is_officer(user: Any) -> bool:
    """Whether ``user`` holds any office at all."""
    return bool(getattr(user, "offices", ()))


@rules.predicate
def is_pa(user: Any) -> bool:
    return holds(user, Role.PA)


@rules.predicate
def is_ppk(user: Any) -> bool:
    return holds(user, Role.PPK)


@rules.predicate
def is_pokja(user: Any) -> bool:
    return holds(user, Role.POKJA)


@rules.predicate
def is_pp(user: Any) -> bool:
    return holds(user, Role.PP)


@rules.predicate
def is_auditor(user: Any) -> bool:
    return holds(user, Role.AUDITOR)


@rules.predicate
def is_agency_administrator(user: Any) -> bool:
    return holds(user, Role.AGENCY)


@rules.predicate
def is_head(user: Any) -> bool:
    return holds(user, Role.HEAD)


@rules.predicate
def is_secretariat(user: Any) -> bool:
    return holds(user, Role.SECRETARIAT)


@rules.predicate
def is_system(user: Any) -> bool:
    return holds(user, Role.SYSTEM)


@rules.predicate
def is_verifier(user: Any) -> bool:
    return holds(user, Role.VERIFIER)


@rules.predicate
def is_desk(user: Any) -> bool:
    return holds(user, Role.DESK)


@rules.predicate
def is_observer(user: Any) -> bool:
    return holds(user, Role.OBSERVER)


@rules.predicate
def is_lpse_staff(user: Any) -> bool:
    return holds(user, *LPSE_ROLES)


@rules.predicate
def is_provider_officer(user: Any) -> bool:
    return provider_of(user) is not None


@rules.predicate
def may_bid(user: Any) -> bool:
    """Who can bind the firm, once its papers have been verified (P22(2))."""
    officer = getattr(user, "officer", None)
    return bool(officer and officer.right in ACTING and officer.provider.verified_at)


@rules.predicate
def is_somebody_else(user: User, person: User) -> bool:
    """Nobody appoints or corrects oneself."""
    return user.pk != person.pk


# P10(2): registration and the archive of users belong to the verifiers; head and secretariat
# read along (P7, P8). The second argument is the person, where there is one.
rules.add_perm("registration.view_users", is_verifier | is_head | is_secretariat)
rules.add_perm("registration.register_user", is_verifier)
rules.add_perm("registration.correct_user", is_verifier & is_somebody_else)
rules.add_perm("registration.assign_office", is_verifier & is_somebody_else)
rules.add_perm("registration.end_office", is_verifier & is_somebody_else)

# P22(1)a, P10(2): an application belongs to its applicant until a verifier decides on it; nobody
# verifies an own one. The second argument is the application, where there is one.


@rules.predicate
def is_its_applicant(user: User, application: Application) -> bool:
    return application.applicant_id == user.pk


@rules.predicate
def still_speaks_in_it(user: User, application: Application) -> bool:
    """A change is the firm's: whoever began it goes on only while administering the firm."""
    if application.purpose != Purpose.CHANGE:
        return True
    firm = application.provider
    return firm is not None and _right_at(user, firm) == OfficerRight.ADMINISTRATOR


writes_it = is_its_applicant & still_speaks_in_it

rules.add_perm("registration.view_application", writes_it | is_verifier)
rules.add_perm("registration.edit_application", writes_it)
rules.add_perm("registration.view_queue", is_verifier)
rules.add_perm("registration.verify_application", is_verifier & ~is_its_applicant)
rules.add_perm("registration.book_visit", writes_it | is_verifier)
rules.add_perm("registration.change_counters", is_verifier | is_head)

# P10(4): deactivation and the blacklist are the verifiers' too.
rules.add_perm("registration.deactivate_user", is_verifier & is_somebody_else)
rules.add_perm("registration.publish_sanction", is_verifier)
rules.add_perm("registration.publish_terms", is_head)

# P8(2)b, P9: secretariat and system office keep the calendar; the kernel knows no offices.
rules.add_perm("calendar.change_holidays", is_secretariat | is_head | is_system)

# A firm's own house. The second argument is the firm.


def _right_at(user: Any, provider: Provider) -> str | None:
    """With which right ``user`` acts for this firm, if at all."""
    officer: ProviderOfficer | None = getattr(user, "officer", None)
    return officer.right if officer and officer.provider_id == provider.pk else None


@rules.predicate
def acts_for(user: User, provider: Provider) -> bool:
    return _right_at(user, provider) is not None


@rules.predicate
def administers(user: User, provider: Provider) -> bool:
    return _right_at(user, provider) == OfficerRight.ADMINISTRATOR


@rules.predicate
def writes_for(user: User, provider: Provider) -> bool:
    """A reader only reads."""
    return _right_at(user, provider) in ACTING


rules.add_perm("registration.view_firm", acts_for)
rules.add_perm("registration.manage_officers", administers)
rules.add_perm("registration.write_qualification", writes_for)

# P22(1)b, (7): an agency's own administrator keeps its units and asks for the offices of its
# people, the head of the LPSE for those of the staff (P7, P13(1)); a verifier decides, and never
# on what the same person asked. The second argument is the agency or the request.


@rules.predicate
def administers_it(user: Any, agency: Agency) -> bool:
    return is_office_of(user, Role.AGENCY, agency.pk)


@rules.predicate
def is_its_asker(user: User, request: OfficeRequest) -> bool:
    return request.asked_by_id == user.pk


@rules.predicate
def runs_its_agency(user: User, request: OfficeRequest) -> bool:
    """What the head asks for the LPSE is not the business of the agency."""
    return request.role not in LPSE_ROLES and is_office_of(user, Role.AGENCY, request.agency_id)


@rules.predicate
def leads_its_staff(user: User, request: OfficeRequest) -> bool:
    return request.role in LPSE_ROLES and holds(user, Role.HEAD)


rules.add_perm("registration.view_agencies", is_verifier | is_head | is_secretariat)
rules.add_perm("registration.create_agency", is_verifier | is_head)
rules.add_perm("registration.change_agency", is_verifier | is_head)
rules.add_perm("registration.view_agency", is_verifier | is_head | is_secretariat | administers_it)
rules.add_perm("registration.manage_agency", administers_it)
rules.add_perm("registration.ask_offices", is_agency_administrator | is_head)
rules.add_perm("registration.ask_office", administers_it)
rules.add_perm("registration.ask_staff_office", is_head)
rules.add_perm("registration.view_requests", is_verifier)
rules.add_perm(
    "registration.view_request",
    is_verifier | is_its_asker | runs_its_agency | leads_its_staff,
)
rules.add_perm("registration.decide_request", is_verifier & ~is_its_asker)
