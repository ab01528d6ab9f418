from procurement.models.document import DocumentKind, Download, TenderDocument
from procurement.models.keys import CommitteeKey, KeyStatement, StatementSignature
from procurement.models.schedule import ScheduleChange, Stage, StageCode
from procurement.models.tender import (
    PUBLIC_STATES,
    Category,
    ContractType,
    Item,
    Tender,
    TenderState,
)

__all__ = [
    "PUBLIC_STATES",
    "Category",
    "CommitteeKey",
    "ContractType",
    "DocumentKind",
    "Download",
    "Item",
    "KeyStatement",
    "ScheduleChange",
    "Stage",
    "StageCode",
    "StatementSignature",
    "Tender",
    "TenderDocument",
    "TenderState",
]
