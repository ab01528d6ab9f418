"""Receipts: for the bidder whose they are, and for anybody who wants to check one."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from bidding.domain import box as boxes
from bidding.domain import receipt as domain
from bidding.domain import receipt_document
from bidding.domain.submission import ENDED
from bidding.models import Box, Receipt
from bidding.rules import officer
from lpse.clock import parse_instant
from lpse.files.serve import serve
from lpse.http import api, fetch, page, recorded_page
from lpse.ledger import proof
from lpse.sealing import office_key
from lpse.sealing.digests import to_base64
from procurement.domain import statement
from registration.http import Request


@page
def receipt(request: Request, code: str) -> HttpResponse:
    """The receipt as a document one can read, with what to do next."""
    found = _own(request, code)
    said = domain.contents(found)
    tender = found.participation.tender
    return render(
        request,
        "bidding/receipt.html",
        {
            "receipt": found,
            "said": said,
            "deadline": parse_instant(said["deadline"]),
            "digest": domain.digest(found),
            "tender": tender,
            "provider": found.participation.provider,
            "has_proof": proof.published(domain.entry_of(found)) is not None,
            "is_ended": found.bid is not None and found.bid.state in ENDED,
            "checks": {
                "file": domain.file_of(found),
                "manifest": json.loads(found.bid.manifest) if found.bid else None,
                "versions": statement.as_chain(statement.valid_chain(tender)),
                "tender": tender.code,
                "origin": settings.LEDGER_ORIGIN,
            },
        },
    )


@page
def receipt_json(request: Request, code: str) -> HttpResponse:
    """The receipt itself: the signed JSON that the bidder keeps."""
    found = _own(request, code)
    text = json.dumps(domain.file_of(found), ensure_ascii=False, indent=1)
    return _download(text, "application/json", f"{_file_name(found)}.json")


@recorded_page
def receipt_pdf(request: Request, code: str) -> HttpResponseBase:
    """The sealed PDF; the first request makes it."""
    found = _own(request, code)
    return serve(receipt_document.of(found), f"{_file_name(found)}.pdf", download=True)


@page
def receipt_proof(request: Request, code: str) -> HttpResponse:
    """The proof that the receipt's entry is in the ledger (C2SP *tlog-proof*)."""
    found = _own(request, code)
    text = proof.tlog_proof(domain.entry_of(found))
    if text is None:
        raise Http404
    return _download(text, "text/plain; charset=utf-8", f"{_file_name(found)}.tlog-proof")


@api("GET")
def receipt_standing(request: Request, code: str) -> JsonResponse:
    """The proofs there are by now: of the entry in the ledger, of the bid in the closed box."""
    found = _own(request, code)
    box = Box.objects.filter(tender=found.participation.tender).first()
    return JsonResponse(
        {
            "proof": proof.tlog_proof(domain.entry_of(found)),
            "box": _place_in(box, found.manifest_digest) if box else None,
        }
    )


@login_not_required
@page
def check_receipt(request: HttpRequest, code: str = "") -> HttpResponse:
    """What anybody may know of a receipt: that the LPSE issued it and when, not to whom.

    Everything else is read from the receipt itself, in the reader's own browser.
    """
    found = Receipt.objects.filter(code=code).first() if code else None
    context = {
        "code": code,
        "receipt": found,
        "digest": domain.digest(found) if found else "",
        "has_proof": found is not None and proof.published(domain.entry_of(found)) is not None,
        "is_signed": found is not None and domain.is_signed(found),
        "checks": {
            "key": to_base64(office_key.public_key()),
            "digest": domain.digest(found) if found else None,
        },
    }
    status = 404 if code and found is None else 200
    return render(request, "bidding/check_receipt.html", context, status=status)


def _place_in(box: Box, manifest: str) -> dict[str, Any]:
    """The closing and the place of a bid in the box: known before any price is."""
    digests = boxes.digests(box)
    return {
        "closing": {**boxes.closing(box), "digests": digests},
        "inclusion": boxes.inclusion(digests, manifest) if manifest in digests else None,
    }


def _own(request: Request, code: str) -> Receipt:
    mine = officer(request.user)
    visible = Receipt.objects.filter(participation__provider=mine.provider if mine else None)
    related = visible.select_related(
        "bid", "participation__tender__agency", "participation__provider"
    )
    return fetch(request, "bidding.view_bid", related, code=code)


def _file_name(receipt: Receipt) -> str:
    return f"tanda-terima-{receipt.participation.tender.code}-{receipt.code}"


def _download(text: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""  # noqa: FBT003
    response["Cache-Control"] = "private, no-store"
    return response
