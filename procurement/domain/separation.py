"""What tenders forbid to the offices of people, said before the database refuses it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from procurement.models import Tender, TenderState
from registration.domain import assignment
from registration.models import Assignment, Role


@assignment.guard
def is_ppk_of_its_packages(office: Assignment) -> str | None:
    """The PPK of a package is not on its committee."""
    if office.role != Role.POKJA:
        return None
    own = Tender.objects.filter(ppk=office.user, committee=office.committee)
    tender = own.exclude(state=TenderState.CANCELLED).first()
    if tender is None:
        return None
    return _(
        "%(person)s is PPK of package %(code)s, which this committee runs. The PPK of a package "
        "is not on its committee."
    ) % {"person": office.user, "code": tender.code}
