"""What a bid consists of: the slots for its files and the statements the bidder makes with it.

The server never sees the content before the opening; the bidder's browser is told these lists,
and the opening reads the content by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lpse.files.models import FileKind

DOCUMENTS = (FileKind.PDF, FileKind.DOCX, FileKind.ODT, FileKind.ZIP)
# Scanned papers are pictures as often as PDFs, and the firm's qualification data takes both.
PAPERS = (*DOCUMENTS, FileKind.JPEG, FileKind.PNG)
TABLES = (FileKind.PDF, FileKind.XLSX, FileKind.ZIP)
ANYTHING = tuple(FileKind)


class Slot(models.TextChoices):
    """Where a file belongs, in the words of the selection document (SPSE: *dokumen penawaran*)."""

    LETTER = "letter", _("Letter of offer")
    TECHNICAL = "technical", _("Technical proposal")
    QUALIFICATION = "qualification", _("Qualification documents")
    PRICE = "price", _("Breakdown of the price")
    OTHER = "other", _("Other documents")


@dataclass(frozen=True, slots=True)
class SlotTerms:
    slot: Slot
    help: str | Promise
    required: bool
    kinds: Sequence[FileKind]
    # Words in a file's name that speak for this slot: a name with another slot's words is
    # asked about, never refused.
    words: Sequence[str] = ()


SLOTS = (
    SlotTerms(
        Slot.LETTER,
        _("Signed by the person entitled to sign. One file."),
        required=True,
        kinds=(FileKind.PDF, FileKind.JPEG, FileKind.PNG),
        words=("surat penawaran", "surat_penawaran", "surat-penawaran", "offer letter"),
    ),
    SlotTerms(
        Slot.TECHNICAL,
        _("Method, schedule, people, equipment: whatever the selection document asks."),
        required=True,
        kinds=DOCUMENTS,
        words=(
            "teknis",
            "metode",
            "spesifikasi",
            "rkk",
            "rk3k",
            "jadwal",
            "personel",
            "technical",
        ),
    ),
    SlotTerms(
        Slot.QUALIFICATION,
        _("Licences, tax papers, experience: what the qualification requirements ask."),
        required=True,
        kinds=PAPERS,
        words=("kualifikasi", "npwp", "akta", "siup", "nib", "sbu", "ldk", "qualification"),
    ),
    SlotTerms(
        Slot.PRICE,
        _("Unit price analysis and similar tables, if the selection document asks for them."),
        required=False,
        kinds=TABLES,
        words=("harga", "rab", "boq", "dkh", "ahs", "price"),
    ),
    SlotTerms(
        Slot.OTHER, _("Anything else that belongs to the bid."), required=False, kinds=ANYTHING
    ),
)


class Statement(models.TextChoices):
    """What the bidder declares; the codes stand in ``bid.json``."""

    TERMS = "terms", _("We have read the selection document and bid by its terms.")
    TRUTH = "truth", _("What is in this bid is true, and its documents are genuine.")
    CAPACITY = (
        "capacity",
        _("The firm is not bankrupt, not under court supervision and free to work."),
    )
    NO_CONFLICT = (
        "no_conflict",
        _("The firm has no conflict of interest and has agreed nothing with other bidders."),
    )
    NOT_BLACKLISTED = "not_blacklisted", _("The firm is not on the blacklist.")
