from bidding.models.bid import (
    IN_THE_BOX,
    Bid,
    BidState,
    Outcome,
    Receipt,
    ReceiptDocument,
    SealedShare,
)
from bidding.models.opening import (
    Box,
    BoxedBid,
    Minutes,
    MinutesApproval,
    OpenedBid,
    OpenedFile,
    Opening,
    OpeningOutcome,
    PostedShare,
    ShareAct,
)
from bidding.models.participation import Participation, TenderKey
from bidding.models.upload import Upload, UploadPiece

__all__ = [
    "IN_THE_BOX",
    "Bid",
    "BidState",
    "Box",
    "BoxedBid",
    "Minutes",
    "MinutesApproval",
    "OpenedBid",
    "OpenedFile",
    "Opening",
    "OpeningOutcome",
    "Outcome",
    "Participation",
    "PostedShare",
    "Receipt",
    "ReceiptDocument",
    "SealedShare",
    "ShareAct",
    "TenderKey",
    "Upload",
    "UploadPiece",
]
