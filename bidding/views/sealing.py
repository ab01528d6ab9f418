"""The sealing page: one page, on which the bidder's browser does the work."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import number_format

from bidding.domain import deadline, good_standing, sealing
from bidding.domain import participation as participations
from bidding.domain.offer import SLOTS, Statement
from bidding.models import Participation
from bidding.rules import officer
from lpse import assets
from lpse.http import api, json_body, page
from lpse.middleware import uses_worker
from procurement.domain.tender import volume_text
from procurement.models import Item, Tender
from registration.http import Request

WORKER = "workers/seal.js"


@uses_worker
@page
def bid(request: Request, code: str) -> HttpResponse:
    """Prepare, seal and send a bid. A firm that has not joined is asked to join first."""
    tender = get_object_or_404(Tender.objects.public(), code=code)
    if participations.of(tender, request.user) is None:
        return redirect("bidding:join", code=tender.code)
    participation = own_participation(request, code)
    worker = assets.find(WORKER)
    standing = sealing.standing(participation)
    terms = sealing.terms(participation)
    terms |= {
        "bundle": assets.bundle_digest(),
        "sealer": {"url": static(worker.path), "integrity": worker.integrity},
        "urls": _addresses(participation),
    }
    context = {
        "tender": tender,
        "participation": participation,
        "moment": deadline.look(tender),
        "sanction": good_standing.sanction_of(participation.provider),
        "items": [_shown(item) for item in tender.items.all()],
        "slots": SLOTS,
        "statements": Statement,
        "terms": terms,
        "standing": standing,
    }
    return render(request, "bidding/bid.html", context)


@api("GET")
def bid_standing(request: Request, code: str) -> JsonResponse:
    """How things stand now: asked again while the page is open."""
    return JsonResponse(sealing.standing(own_participation(request, code)))


@api("POST")
def bid_key(request: Request, code: str) -> JsonResponse:
    """The public half of the key that this browser made for the tender."""
    participation = own_participation(request, code)
    public_key = str(json_body(request).get("public_key", ""))
    key = participations.register_tender_key(participation, public_key, by=request.user)
    return JsonResponse({"public_key": key.public_key})


def own_participation(request: Request, code: str) -> Participation:
    """The participation of the firm that the user may act for; 404, or 403 for a reader."""
    mine = officer(request.user)
    found = get_object_or_404(
        Participation.objects.select_related("tender", "provider"),
        tender__code=code,
        provider=mine.provider if mine else None,
    )
    if not request.user.has_perm("bidding.submit_bid", found):
        raise PermissionDenied
    return found


def _shown(item: Item) -> dict[str, Any]:
    """A line of the bill of quantities without the secret estimate on the same row."""
    return {
        "number": item.number,
        "description": item.description,
        "volume": number_format(Decimal(volume_text(item.volume))),
        "unit": item.unit,
    }


def _addresses(participation: Participation) -> dict[str, str]:
    tender = {"code": participation.tender.code}
    envelope = {**tender, "envelope": sealing.ENVELOPE}
    return {
        "standing": reverse("bidding:bid_standing", kwargs=tender),
        "key": reverse("bidding:bid_key", kwargs=tender),
        "uploads": reverse("bidding:uploads", kwargs=envelope),
        "submit": reverse("bidding:submit", kwargs=envelope),
        "receipts": reverse("bidding:bids") + "receipts/",
        "papers": reverse("qualification_documents"),
    }
