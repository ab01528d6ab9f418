"""*My keys*: what a committee member opens bids with. The work is done in the browser."""

from __future__ import annotations

import base64
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from lpse import assets
from lpse.clock import database_now
from lpse.errors import Refused
from lpse.http import action, api, json_body, page
from lpse.middleware import uses_worker
from lpse.sealing import reasons
from procurement.domain import member_key as domain
from procurement.domain.member_key import Proof, Purpose
from procurement.models import CommitteeKey
from registration.http import Request

WORKER = "workers/seal.js"
PASSPHRASE_BITS = 77  # seven words of 2,048


def worker() -> dict[str, str]:
    """Where the sealing worker is and the digest it must have."""
    asset = assets.find(WORKER)
    return {"url": static(asset.path), "integrity": asset.integrity}


def registered(key: CommitteeKey) -> dict[str, str]:
    """A member's own key as the member's browser needs it to unlock it."""
    return {
        "member": key.user.username,
        "recipient": key.recipient,
        "signing_key": key.signing_key,
        "wrapped": key.wrapped,
        "passkey_wrapped": key.passkey_wrapped,
    }


@uses_worker
@page
def keys(request: Request) -> HttpResponse:
    """The own keys: how they stand, how they are made, tested and checked."""
    _require_holder(request)
    key = domain.in_use(request.user)
    now = database_now()
    context = {
        "key": key,
        "fault": domain.fault(key, now),
        "is_expired": key is not None and key.expires_at <= now,
        "renewal_due": key is not None and key.expires_at - domain.RENEWAL <= now,
        "older": domain.all_of(request.user).exclude(revoked_at=None),
        "bits": PASSPHRASE_BITS,
        "words": range(1, 8),
        "page": _for_browser(request, key),
        "reasons": reasons.for_browser(),
    }
    return render(request, "procurement/keys.html", context)


@api("POST")
def key_register(request: Request) -> HttpResponse:
    _require_holder(request)
    body = json_body(request)
    domain.register(
        by=request.user,
        recipient=_text(body, "recipient"),
        signing_key=_text(body, "signing_key"),
        wrapped=_text(body, "wrapped"),
        proof=_proof(body),
    )
    return JsonResponse({"registered": True})


@api("POST")
def key_test(request: Request, pk: int) -> HttpResponse:
    key = _own(request, pk)
    body = json_body(request)
    purpose = _text(body, "purpose")
    if purpose not in {Purpose.BACKUP, Purpose.CHECK}:
        raise Refused(_("The key has not signed what it should. Nothing was changed."))
    domain.test(key, by=request.user, purpose=Purpose(purpose), proof=_proof(body))
    if purpose == Purpose.BACKUP:
        messages.success(request, _("Your backup opens. Keep it where only you can reach it."))
    return JsonResponse({"tested": True})


@api("POST")
def key_passkey(request: Request, pk: int) -> HttpResponse:
    body = json_body(request)
    domain.add_passkey(
        _own(request, pk), by=request.user, wrapped=_text(body, "wrapped"), proof=_proof(body)
    )
    messages.success(request, _("Your passkey opens your keys now, beside the passphrase."))
    return JsonResponse({"added": True})


@page
def key_backup(request: Request, pk: int) -> HttpResponse:
    """The wrapped file again: without the passphrase it is worth nothing."""
    key = _own(request, pk)
    response = HttpResponse(base64.b64decode(key.wrapped), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{_backup_name(request)}"'
    response["Cache-Control"] = "private, no-store"
    return response


@action
def key_revoke(request: Request, pk: int) -> HttpResponse:
    domain.revoke(_own(request, pk), by=request.user)
    messages.success(request, _("Your keys are out of use. Make new ones before the next tender."))
    return redirect("procurement:keys")


def _for_browser(request: Request, key: CommitteeKey | None) -> dict[str, Any]:
    given: dict[str, Any] = {
        "member": request.user.username,
        "origin": settings.LEDGER_ORIGIN,
        "challenge": domain.challenge(request.user),
        "worker": worker(),
        "here": reverse("procurement:keys"),
        "register": reverse("procurement:key_register"),
        "backup_name": _backup_name(request),
        "key": None,
    }
    if key is not None:
        given["key"] = registered(key)
        given["test"] = reverse("procurement:key_test", kwargs={"pk": key.pk})
        given["passkey"] = reverse("procurement:key_passkey", kwargs={"pk": key.pk})
    return given


def _backup_name(request: Request) -> str:
    return f"lpse-{settings.LPSE_CODE}-{request.user.username}.key.age"


def _own(request: Request, pk: int) -> CommitteeKey:
    _require_holder(request)
    return get_object_or_404(CommitteeKey, pk=pk, user=request.user)


def _require_holder(request: Request) -> None:
    if not request.user.has_perm("procurement.hold_keys"):
        raise PermissionDenied


def _proof(body: dict[str, Any]) -> Proof:
    return Proof(_text(body, "challenge"), _text(body, "signature"))


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise Refused(_("The request is not written as it must be."))
    return value
