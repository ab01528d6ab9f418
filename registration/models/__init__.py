from registration.models.agency import Agency, AgencyKind, Committee, ProcurementUnit, WorkUnit
from registration.models.assignment import (
    LPSE_ROLES,
    PROCUREMENT_ROLES,
    Assignment,
    Role,
)
from registration.models.provider import OfficerRight, Provider, ProviderKind, ProviderOfficer
from registration.models.user import User

__all__ = [
    "LPSE_ROLES",
    "PROCUREMENT_ROLES",
    "Agency",
    "AgencyKind",
    "Assignment",
    "Committee",
    "OfficerRight",
    "ProcurementUnit",
    "Provider",
    "ProviderKind",
    "ProviderOfficer",
    "Role",
    "User",
    "WorkUnit",
]
