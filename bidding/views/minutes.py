"""The minutes of the opening: read, remarked, approved; sealed, they are public."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from bidding import tasks
from bidding.domain import minutes as domain
from bidding.forms.minutes import ApproveForm, RemarksForm
from bidding.models import Minutes
from lpse.errors import Refused
from lpse.files.serve import serve
from lpse.http import action, form_page, page
from lpse.ledger import proof
from procurement.models import Tender
from procurement.views.public import head_of
from registration.http import Request

METHODS = "account_authentication_methods"  # where allauth keeps how a session was entered


@form_page
def minutes(request: Request, code: str) -> HttpResponse:
    """The record in words, and the committee's remarks to it."""
    tender, found = _readable(request, code)
    may_approve = request.user.has_perm("bidding.approve_minutes", tender)
    approvals = list(found.approvals.select_related("member"))
    form = RemarksForm(request.POST or None, initial={"remarks": found.remarks})
    if request.method == "POST" and form.is_valid():
        try:
            domain.remark(found, form.cleaned_data["remarks"], by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The remarks are in the minutes."))
            return redirect("bidding:minutes", code=code)
    context = head_of(request, tender) | domain.document_of(found, approvals)
    context |= {
        "package": context["tender"],
        "tender": tender,
        "form": form,
        "seen": domain.digest(found),
        "needed": domain.needed(found),
        "approved": len(approvals),
        "may_approve": may_approve and all(a.member_id != request.user.pk for a in approvals),
        "may_remark": may_approve and not approvals,
    }
    return render(request, "bidding/minutes.html", context, status=422 if form.errors else 200)


@action
def minutes_approve(request: Request, code: str) -> HttpResponse:
    """Approve exactly what was read."""
    _tender, found = _readable(request, code)
    form = ApproveForm(request.POST)
    if not form.is_valid():
        raise Refused(_("The minutes were not approved: read them again."))
    domain.approve(
        found, by=request.user, method=sign_in_method(request), seen=form.cleaned_data["seen"]
    )
    messages.success(request, _("You have approved the minutes."))
    tasks.alarm(tasks.seal_minutes)
    return redirect("bidding:minutes", code=code)


@login_not_required
@page
def minutes_check(request: Request, code: str) -> HttpResponse:
    """Where the QR code leads: what was sealed, to compare a copy with."""
    found = get_object_or_404(_sealed(), code=code)
    entry = domain.entry_of(found)
    context = {
        "minutes": found,
        "tender": found.tender,
        "approvals": found.approvals.select_related("member"),
        "entry": entry,
        "published": proof.published(entry) if entry else None,
        "url": domain.address(found),
    }
    return render(request, "bidding/minutes_check.html", context)


@login_not_required
@page
def minutes_pdf(_request: Request, code: str) -> HttpResponseBase:
    found = get_object_or_404(_sealed(), code=code)
    if found.file is None:
        raise Http404
    return serve(found.file, f"{found.number.replace('/', '-')}.pdf")


def sign_in_method(request: Request) -> str:
    """How this session was entered: ``password, totp``, or ``webauthn`` for a passkey alone."""
    steps = request.session.get(METHODS, [])
    named = [str(step.get("type") or step.get("method")) for step in steps]
    if not named and settings.SAMPLE_INSTALLATION:
        return "sample"
    return ", ".join(dict.fromkeys(named)) or "password"


def _readable(request: Request, code: str) -> tuple[Tender, Minutes]:
    """The minutes for committee, PPK and auditor; the public reads the sealed ones."""
    visible = Tender.objects.public().select_related("agency", "work_unit", "committee")
    tender = get_object_or_404(visible.prefetch_related("stages"), code=code)
    if not request.user.has_perm("bidding.read_bids", tender):
        raise Http404
    return tender, get_object_or_404(Minutes.objects.select_related("tender"), tender=tender)


def _sealed() -> QuerySet[Minutes]:
    return Minutes.objects.exclude(sealed_at=None).select_related("tender", "file")
