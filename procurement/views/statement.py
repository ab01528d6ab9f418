"""The key statement of a tender: proposed, signed, and public once it is valid."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lpse.clock import parse_instant
from lpse.errors import Refused
from lpse.http import action, api, fetch, json_body, page
from lpse.middleware import uses_worker
from lpse.sealing import jcs, reasons
from procurement.domain import rule_set
from procurement.domain import statement as domain
from procurement.models import DocumentKind, KeyStatement, StageCode, Tender, TenderState
from procurement.models.tender import volume_shown
from procurement.views.keys import registered, worker
from registration.http import Request


@uses_worker
@page
def statement(request: Request, code: str) -> HttpResponse:
    """What the committee approves by signing, and who has signed."""
    tender = fetch(
        request, "procurement.view_workspace", Tender.objects.visible_to(request.user), code=code
    )
    proposed = domain.pending(tender)
    shown = proposed or domain.latest_valid(tender)
    may_sign = request.user.has_perm("procurement.sign_statement", tender)
    stale = domain.stale(proposed) if proposed else None
    context: dict[str, Any] = {
        "tender": tender,
        "statement": shown,
        "is_proposal": proposed is not None,
        "stale": stale,
        "may_sign": may_sign,
        "may_propose": may_sign and tender.state == TenderState.HANDED_OVER,
        "hindrances": domain.hindrances(tender) if tender.announced_at is None else [],
        "reasons": reasons.for_browser(),
    }
    if shown is not None:
        context |= _approved(shown)
        context["needed"] = domain.needed(shown)
        has_signed = any(s["signed_at"] for s in context["members"] if s["is"] == request.user.pk)
        context["can_sign_now"] = (
            proposed is not None and stale is None and may_sign and not has_signed
        )
        context["page"] = _for_browser(request, tender, shown, context)
    return render(request, "procurement/statement.html", context)


@action
def statement_propose(request: Request, code: str) -> HttpResponse:
    tender = fetch(
        request, "procurement.sign_statement", Tender.objects.visible_to(request.user), code=code
    )
    domain.propose(tender, by=request.user)
    messages.success(request, _("The announcement waits for signatures now, yours too."))
    return redirect("procurement:statement", code=tender.code)


@api("POST")
def statement_sign(request: Request, code: str) -> HttpResponse:
    tender = fetch(
        request, "procurement.sign_statement", Tender.objects.visible_to(request.user), code=code
    )
    body = json_body(request)
    proposed = domain.pending(tender)
    if proposed is None or body.get("digest") != proposed.digest:
        raise Refused(_("Another proposal waits for signatures now. Load the page again."))
    is_valid = domain.sign(proposed, str(body.get("signature")), by=request.user)
    if not is_valid:
        words = _("You have signed. It takes effect when more than half have.")
    elif proposed.version == 1:
        words = _("You have signed. With your signature the tender is announced.")
    else:
        words = _("You have signed. With your signature the new dates are in force.")
    messages.success(request, words)
    return JsonResponse({"valid": is_valid})


@login_not_required
@page
def statement_chain(_request: Request, code: str) -> HttpResponse:
    """Every valid version with its signatures, for programs."""
    tender = get_object_or_404(Tender.objects.public(), code=code)
    chain = domain.valid_chain(tender)
    content = jcs.canonical(
        {
            "tender": tender.code,
            "versions": [
                {
                    **version,
                    "content": jcs.parse(row.content.encode()),
                    "digest": row.digest,
                }
                for row, version in zip(chain, domain.as_chain(chain), strict=True)
            ],
        }
    )
    response = HttpResponse(content, content_type="application/json")
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_not_required
@page
def cover_sheet(request: Request, code: str) -> HttpResponse:
    """The sheet that goes in front of the printed documents: the fingerprint to compare with."""
    tender = get_object_or_404(Tender.objects.public(), code=code)
    valid = domain.latest_valid(tender)
    if valid is None:
        raise Http404
    context = {
        "tender": tender,
        "statement": valid,
        "address": f"{settings.BASE_URL.rstrip('/')}{tender.get_absolute_url()}",
        **_approved(valid),
    }
    return render(request, "procurement/cover_sheet.html", context)


def _approved(shown: KeyStatement) -> dict[str, Any]:
    """What the statement and its content say, ready to be shown."""
    body, content = domain.body_of(shown), jcs.parse(shown.content.encode())
    signed = {s.member_id: s.signed_at for s in shown.signatures.all()}
    members = [
        {
            "is": member.pk,
            "name": member.get_full_name(),
            "recipient": stated["recipient"],
            "member": stated["member"],
            "signed_at": signed.get(member.pk),
        }
        for member, stated in zip(domain.openers(shown), body["members"], strict=True)
    ]
    return {
        "body": body,
        "content": content,
        "items": [
            {**item, "volume": volume_shown(Decimal(item["volume"]))} for item in content["items"]
        ],
        "rules": rule_set.of(shown.tender).title,
        "deadline": parse_instant(body["deadline"]),
        "opening_at": parse_instant(body["opening_at"]),
        "hps": Decimal(content["hps"]),
        "budget_ceiling": Decimal(content["budget_ceiling"]),
        "members": members,
        "signatures": len(signed),
        "stages": _stages(content["schedule"]),
        "documents": [
            {**document, "label": DocumentKind(document["kind"]).label, "number": number}
            for number, document in enumerate(content["documents"])
        ],
    }


def _stages(schedule: dict[str, Sequence[str]]) -> list[dict[str, Any]]:
    return [
        {
            "code": code.value,
            "label": code.label,
            "starts_at": parse_instant(schedule[code][0]),
            "ends_at": parse_instant(schedule[code][1]),
        }
        for code in StageCode
        if code in schedule
    ]


def _for_browser(
    request: Request, tender: Tender, shown: KeyStatement, context: dict[str, Any]
) -> dict[str, Any]:
    key = domain.key_of(shown, request.user) if context["can_sign_now"] else None
    return {
        "tender": tender.code,
        "statement": context["body"] if context["is_proposal"] else None,
        "content": context["content"],
        "chain": domain.as_chain(domain.valid_chain(tender)),
        "key": registered(key) if key else None,
        "worker": worker(),
        "time_zone": settings.LPSE_TIME_ZONE,
        "here": reverse("procurement:statement", kwargs={"code": tender.code}),
        "sign": reverse("procurement:statement_sign", kwargs={"code": tender.code}),
    }
