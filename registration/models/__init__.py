from registration.models.agency import Agency, AgencyKind, Committee, ProcurementUnit, WorkUnit
from registration.models.application import (
    OPEN_STATES,
    Application,
    ApplicationDocument,
    ApplicationState,
    CheckResult,
    DocumentCheck,
    DocumentCode,
    Doubt,
    Override,
    Purpose,
    ReturnedItem,
)
from registration.models.assignment import (
    LPSE_ROLES,
    PROCUREMENT_ROLES,
    Assignment,
    Role,
    office_date,
)
from registration.models.house import (
    Invitation,
    Qualification,
    QualificationKind,
    QualificationVersion,
)
from registration.models.provider import (
    IDENTITY_FIELDS,
    Identity,
    OfficerRight,
    Provider,
    ProviderKind,
    ProviderOfficer,
)
from registration.models.reminder import ExpiryReminder
from registration.models.request import Certificate, OfficeRequest, RequestState
from registration.models.sanction import Deactivation, Ground, Sanction, Status, Violation
from registration.models.session import KnownDevice, Session, SignInFailure
from registration.models.signup import SignUpRequest
from registration.models.terms import Terms, TermsAcceptance
from registration.models.user import User
from registration.models.visit import Counter, CounterHours, Visit

__all__ = [
    "IDENTITY_FIELDS",
    "LPSE_ROLES",
    "OPEN_STATES",
    "PROCUREMENT_ROLES",
    "Agency",
    "AgencyKind",
    "Application",
    "ApplicationDocument",
    "ApplicationState",
    "Assignment",
    "Certificate",
    "CheckResult",
    "Committee",
    "Counter",
    "CounterHours",
    "Deactivation",
    "DocumentCheck",
    "DocumentCode",
    "Doubt",
    "ExpiryReminder",
    "Ground",
    "Identity",
    "Invitation",
    "KnownDevice",
    "OfficeRequest",
    "OfficerRight",
    "Override",
    "ProcurementUnit",
    "Provider",
    "ProviderKind",
    "ProviderOfficer",
    "Purpose",
    "Qualification",
    "QualificationKind",
    "QualificationVersion",
    "RequestState",
    "ReturnedItem",
    "Role",
    "Sanction",
    "Session",
    "SignInFailure",
    "SignUpRequest",
    "Status",
    "Terms",
    "TermsAcceptance",
    "User",
    "Violation",
    "Visit",
    "WorkUnit",
    "office_date",
]
