from registration.models.agency import Agency, AgencyKind, Committee, ProcurementUnit, WorkUnit
from registration.models.assignment import (
    LPSE_ROLES,
    PROCUREMENT_ROLES,
    Assignment,
    Role,
    office_date,
)
from registration.models.provider import OfficerRight, Provider, ProviderKind, ProviderOfficer
from registration.models.session import KnownDevice, Session, SignInFailure
from registration.models.user import User

__all__ = [
    "LPSE_ROLES",
    "PROCUREMENT_ROLES",
    "Agency",
    "AgencyKind",
    "Assignment",
    "Committee",
    "KnownDevice",
    "OfficerRight",
    "ProcurementUnit",
    "Provider",
    "ProviderKind",
    "ProviderOfficer",
    "Role",
    "Session",
    "SignInFailure",
    "User",
    "WorkUnit",
    "office_date",
]
