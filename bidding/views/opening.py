"""The opening: the members' page, and what everybody may follow of it."""

from __future__ import annotations

import base64
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bidding import tasks
from bidding.domain import box as boxes
from bidding.domain import opening as domain
from bidding.domain.opening import Progress
from bidding.domain.results import openers_needed
from bidding.models import Box, SealedShare
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.http import api, fetch, json_body, page
from lpse.middleware import uses_worker
from lpse.sealing import reasons
from lpse.templatetags.indonesia import tanggal_jam_detik
from procurement.domain import statement
from procurement.models import Tender, TenderState
from procurement.views.keys import registered, worker
from procurement.views.public import head_of
from registration.http import Request
from registration.models import User

WORKSPACE = "procurement.view_workspace"


@uses_worker
@page
def opening(request: Request, code: str) -> HttpResponse:
    """Who has posted shares, what is still waited for, and the member's own act."""
    tender = _tender(request, code)
    box = Box.objects.select_related("entry", "opening").filter(tender=tender).first()
    progress = domain.progress(box) if box else None
    may_act = _may_act(request.user, tender, progress)
    context = head_of(request, tender) | {
        "box": box,
        "progress": progress,
        "members": _members(tender, progress),
        "needed": progress and openers_needed(progress.statement),
        "may_act": may_act,
        "page": _for_browser(request, tender, progress, may_act=may_act),
        "reasons": reasons.for_browser(),
    }
    return render(request, "bidding/opening.html", context)


@api("POST")
def opening_data(request: Request, code: str) -> JsonResponse:
    """Everything the member's browser checks. Whoever asks first after the deadline closes the
    box: the alarm clock may be late, the box is not.
    """
    tender = fetch(request, "bidding.open_bids", Tender.objects.public(), code=code)
    box = _closed(tender)
    if box is None:
        return JsonResponse({"waits": _("The box closes at the deadline.")})
    if not boxes.is_published(box):
        waits = _("The closing of the box is being written to the public ledger…")
        return JsonResponse({"waits": waits})
    valid = domain.valid_statement(tender)
    if database_now() < statement.opening_at(valid):
        return JsonResponse({"waits": _("The box is closed. The opening has not begun yet.")})
    key = statement.key_of(valid, request.user)
    if key is None:
        raise Refused(_("The keys that the statement names for you are not registered here."))
    return JsonResponse(
        {
            "tender": tender.code,
            "versions": statement.as_chain(statement.valid_chain(tender)),
            "box": boxes.closing(box),
            "bids": _bids(box, request.user),
            "key": registered(key),
        }
    )


@api("POST")
def opening_post(request: Request, code: str) -> JsonResponse:
    """The member's one act."""
    tender = fetch(request, "bidding.open_bids", Tender.objects.public(), code=code)
    body = json_body(request)
    act, texts = body.get("act"), body.get("texts")
    if not isinstance(act, dict) or not isinstance(texts, dict):
        raise Refused(_("The request is not written as it must be."))
    domain.post_shares(
        tender,
        act=act,
        signature=str(body.get("signature")),
        texts={str(name): str(text) for name, text in texts.items()},
        by=request.user,
    )
    tasks.alarm(tasks.open_boxes)
    return JsonResponse({"posted": True})


@api("GET")
def opening_progress(request: Request, code: str) -> JsonResponse:
    """The progress in numbers, asked for by the page every few seconds."""
    tender = _tender(request, code)
    box = Box.objects.select_related("entry", "opening").filter(tender=tender).first()
    progress = domain.progress(box) if box else None
    return JsonResponse(_numbers(tender, progress))


def _tender(request: Request, code: str) -> Tender:
    """The tender, for its committee and for those who may look into its workspace."""
    visible = Tender.objects.public().select_related("agency", "committee")
    tender = get_object_or_404(visible.prefetch_related("stages"), code=code)
    if not (
        request.user.has_perm(WORKSPACE, tender)
        or request.user.has_perm("bidding.open_bids", tender)
    ):
        raise Http404
    return tender


def _closed(tender: Tender) -> Box | None:
    box = Box.objects.select_related("entry").filter(tender=tender).first()
    if box is not None or tender.state != TenderState.ANNOUNCED:
        return box
    try:
        return boxes.close(tender)
    except Refused:
        return None


def _may_act(user: User, tender: Tender, progress: Progress | None) -> bool:
    """Whether ``user`` opens and has not acted yet."""
    if not user.has_perm("bidding.open_bids", tender) or tender.state == TenderState.OPENED:
        return False
    if progress is None:
        return tender.state != TenderState.CANCELLED
    has_acted = any(act.member_id == user.pk for act in progress.acts)
    return not has_acted and progress.phase in {"closed", "shares"} and progress.box.count > 0


def _bids(box: Box, member: User) -> list[dict[str, Any]]:
    sealed = {
        share.bid_id: bytes(share.sealed)
        for share in SealedShare.objects.filter(bid__boxed__box=box, member=member)
    }
    return [
        {
            "digest": bid.manifest_digest,
            "bidder": bid.participation.provider.name,
            "manifest": domain.manifest_of(bid),
            "signature": bid.signature,
            "sealed": base64.b64encode(sealed.get(bid.pk, b"")).decode(),
        }
        for bid in domain.bids_of(box)
    ]


def _members(tender: Tender, progress: Progress | None) -> list[dict[str, Any]]:
    valid = progress.statement if progress else statement.latest_valid(tender)
    if valid is None:
        return []
    acts = {act.member_id: act for act in progress.acts} if progress else {}
    return [
        {"user": member, "act": acts.get(member.pk), "words": _words(acts.get(member.pk))}
        for member in statement.openers(valid)
    ]


def _words(act: Any) -> str:
    if act is None:
        return ""
    posted = list(act.shares.all())
    shares = sum(1 for share in posted if share.share)
    parts = [
        str(tanggal_jam_detik(act.posted_at)),
        ngettext("%(n)d share", "%(n)d shares", shares) % {"n": shares},
    ]
    if objections := len(posted) - shares:
        words = ngettext("%(n)d objection", "%(n)d objections", objections)
        parts.append(words % {"n": objections})
    if disputed := sum(1 for share in posted if share.disputed):
        parts.append(ngettext("%(n)d disputed", "%(n)d disputed", disputed) % {"n": disputed})
    return ", ".join(parts)


def _numbers(tender: Tender, progress: Progress | None) -> dict[str, Any]:
    members = _members(tender, progress)
    acted = sum(1 for member in members if member["act"])
    return {
        "phase": progress.phase if progress else "open",
        "members": [
            {
                "member": member["user"].username,
                "acted": member["act"] is not None,
                "words": member["words"],
            }
            for member in members
        ],
        "acted": {"value": acted, "total": len(members)},
        "opened": {
            "value": progress.opened if progress else 0,
            "total": progress.box.count if progress else 0,
        },
    }


def _for_browser(
    request: Request, tender: Tender, progress: Progress | None, *, may_act: bool
) -> dict[str, Any]:
    code = {"code": tender.code}
    return {
        "tender": tender.code,
        "member": request.user.username,
        "may_act": may_act,
        "progress": _numbers(tender, progress),
        "progress_url": reverse("bidding:opening_progress", kwargs=code),
        "data": reverse("bidding:opening_data", kwargs=code),
        "post": reverse("bidding:opening_post", kwargs=code),
        "here": reverse("bidding:opening", kwargs=code),
        "worker": worker(),
        "time_zone": settings.LPSE_TIME_ZONE,
    }
