"""What everybody may see of the box and of what was in it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render

from bidding.domain import box as boxes
from bidding.domain import opening as openings
from bidding.domain import results as domain
from bidding.domain import wording
from bidding.models import Bid, Box, Minutes, OpenedFile, Participation
from lpse.files.serve import serve
from lpse.http import fetch, page, recorded_page
from lpse.sealing.reasons import reason
from procurement.models import Tender, TenderState
from procurement.views.public import head_of
from registration.http import Request


@login_not_required
@page
def participants(request: Request, code: str) -> HttpResponse:
    """Before the opening a number, after it the names."""
    tender = _tender(code)
    joined = Participation.objects.filter(tender=tender).select_related("provider")
    is_open = tender.state == TenderState.OPENED
    context = head_of(request, tender) | {
        "count": joined.count(),
        "participants": domain.participants(tender) if is_open else [],
        "is_open": is_open,
    }
    return render(request, "bidding/participants.html", context)


@login_not_required
@page
def results(request: Request, code: str) -> HttpResponse:
    """The opened bids: names, prices, files by number, and why a bid could not be opened."""
    tender = _tender(code)
    is_open = tender.state == TenderState.OPENED
    context = head_of(request, tender) | {
        "is_open": is_open,
        "box": _box(tender),
        "bids": domain.bids(tender) if is_open else [],
        "may_read": request.user.has_perm("bidding.read_bids", tender),
        "minutes": Minutes.objects.filter(tender=tender).first() if is_open else None,
    }
    return render(request, "bidding/results.html", context)


@login_not_required
@page
def box(request: Request, code: str) -> HttpResponse:
    """The closed box and how far its opening is: what bidders compare with their receipts."""
    tender = _tender(code)
    found = _box(tender)
    progress = openings.progress(found) if found else None
    context = head_of(request, tender) | {
        "is_of_results": True,
        "box": found,
        "progress": progress,
        "leaves": domain.leaves(found) if found else [],
        "closing": boxes.closing(found) if found else None,
        "needed": progress and domain.openers_needed(progress.statement),
        "is_open": tender.state == TenderState.OPENED,
    }
    return render(request, "bidding/box.html", context)


@login_not_required
@page
def box_json(_request: Request, code: str) -> HttpResponse:
    """The public file of a box, as stand-alone programs check it."""
    tender = _tender(code)
    found = _box(tender)
    if found is None:
        raise Http404
    response = JsonResponse(domain.public_file(found))
    response["Access-Control-Allow-Origin"] = "*"
    return response


@page
def opened_bid(request: Request, code: str, manifest: str) -> HttpResponse:
    """One bid, file by file, for the committee."""
    tender = fetch(request, "bidding.read_bids", Tender.objects.public(), code=code)
    bid = _bid(tender, manifest)
    content = bid.result.content
    context = head_of(request, tender) | {
        "bid": bid,
        "result": bid.result,
        "provider": bid.participation.provider,
        "lines": domain.lines(tender, bid.result),
        "findings": wording.sentences(bid.result.arithmetic.get("findings", [])),
        "statements": domain.statements(content),
        "files": domain.files(bid.result),
        "evidence": domain.evidence(bid),
        "why": reason(bid.result.reason) if bid.result.reason else "",
    }
    return render(request, "bidding/opened_bid.html", context)


@recorded_page
def opened_file(request: Request, code: str, pk: int) -> HttpResponseBase:
    """One file of a bid; that it was read is recorded."""
    tender = fetch(request, "bidding.read_bids", Tender.objects.public(), code=code)
    found = get_object_or_404(
        OpenedFile.objects.select_related("file", "opened__bid__participation"),
        pk=pk,
        opened__bid__participation__tender=tender,
        file__isnull=False,
    )
    kept = domain.read_file(found, by=request.user)
    return serve(kept, found.name, download=True)


def _tender(code: str) -> Tender:
    visible = Tender.objects.public().select_related("agency", "work_unit", "committee")
    return get_object_or_404(visible.prefetch_related("stages"), code=code)


def _box(tender: Tender) -> Box | None:
    found = Box.objects.select_related("entry", "opening", "tender")
    return found.filter(tender=tender).first()


def _bid(tender: Tender, manifest: str) -> Bid:
    bids = Bid.objects.filter(participation__tender=tender, result__isnull=False)
    return get_object_or_404(
        bids.select_related("result", "participation__provider"), manifest_digest=manifest
    )
