"""*Kirim* and what is asked around it. These addresses are their own, so that in production a
small pool of their own serves them, never behind uploads.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from bidding.domain import receipt as receipts
from bidding.domain import submission as domain
from bidding.domain import upload as uploads
from bidding.models import Outcome, Upload
from bidding.views.sealing import own_participation
from lpse.errors import Refused
from lpse.files.serve import stream
from lpse.http import action, api, json_body, page
from registration.http import Request


@api("POST")
def submit(request: Request, code: str, envelope: str) -> JsonResponse:
    """Submit the sealed bid; the answer is the receipt, whatever it says."""
    participation = own_participation(request, code)
    body = json_body(request)
    try:
        upload = _upload(request, UUID(str(body["upload"])))
        manifest, signature = str(body["manifest"]), str(body["signature"])
        shares = {str(member): str(share) for member, share in dict(body["shares"]).items()}
    except (KeyError, ValueError, TypeError) as error:
        raise Refused(_("The submission is not complete.")) from error
    if upload.envelope != envelope:
        raise Refused(_("The upload is of another envelope."))
    receipt = domain.submit(
        participation,
        upload,
        manifest=manifest,
        signature=signature,
        shares=shares,
        by=request.user,
    )
    return JsonResponse({"code": receipt.code, "file": receipts.file_of(receipt)})


@action
def withdraw(request: Request, code: str, envelope: str) -> HttpResponse:
    """Take the bid back. The answer is a receipt, also when it is too late."""
    participation = own_participation(request, code)
    named = request.POST.get("bid", "")
    if not named.isdecimal():
        raise Http404
    bid = get_object_or_404(participation.bids.filter(envelope=envelope), pk=named)
    receipt = domain.withdraw(bid, by=request.user)
    if receipt.outcome == Outcome.WITHDRAWN:
        messages.success(request, _("The bid is withdrawn. What was stored of it is destroyed."))
    return redirect("bidding:receipt", code=receipt.code)


@api("POST")
def assemble(request: Request, upload: UUID) -> JsonResponse:
    """Join the pieces of a complete upload; the answer is what the store really holds."""
    joined = uploads.assemble(_upload(request, upload), by=request.user)
    return JsonResponse({"sha256": joined.sha256, "size": joined.length})


@page
def stored(request: Request, upload: UUID) -> HttpResponseBase:
    """The stored file, back to the bidder, who may test that it opens."""
    found = _upload(request, upload)
    if not found.sha256:
        raise Http404
    return stream(found.name, f"{found.pk}.age", size=found.length)


def _upload(request: Request, upload: UUID) -> Upload:
    try:
        return uploads.find(upload, by=request.user)
    except Upload.DoesNotExist as error:
        raise Http404 from error
