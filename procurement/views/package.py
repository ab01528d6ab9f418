"""The PPK's desk: a package from its first line to the hand-over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from lpse.clock import database_now
from lpse.errors import Refused
from lpse.http import fetch, form_page, page
from procurement.domain import rule_set
from procurement.domain import tender as domain
from procurement.domain.tender import Matter
from procurement.forms.tender import (
    HandOverForm,
    ItemFormSet,
    ReasonForm,
    TenderForm,
    add_refusal,
)
from procurement.models import Item, Tender, TenderState
from registration.http import Request

SHOWN_AT_ONCE = 200


@page
def packages(request: Request) -> HttpResponse:
    """My packages, those still in my hands first."""
    if not request.user.has_perm("procurement.create_tender"):
        raise PermissionDenied
    mine = _mine(request).select_related("agency", "committee").order_by("-pk")[:SHOWN_AT_ONCE]
    drafts = [t for t in mine if t.state == TenderState.DRAFT]
    others = [t for t in mine if t.state != TenderState.DRAFT]
    context = {"drafts": drafts, "others": others}
    return render(request, "procurement/packages.html", context)


@form_page
def package_create(request: Request) -> HttpResponse:
    if not request.user.has_perm("procurement.create_tender"):
        raise PermissionDenied
    form = TenderForm(
        request.POST or None, user=request.user, initial={"budget_year": database_now().year}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.create(by=request.user, **form.facts())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The package was created. Now write its lines."))
            return redirect("procurement:package_items", code=made.code)
    return _form(request, "procurement/package_form.html", form)


@page
def package(request: Request, code: str) -> HttpResponse:
    """One package of mine: what it says, what is missing, and where it is now."""
    shown = fetch(request, "procurement.edit_tender", _mine(request), code=code)
    items = list(shown.items.all())
    context = {
        "tender": shown,
        "items": items,
        "missing": _missing(shown),
        "ppn": _law(shown).tax.ppn,
        "is_draft": shown.state == TenderState.DRAFT,
    }
    return render(request, "procurement/package.html", context)


@form_page
def package_edit(request: Request, code: str) -> HttpResponse:
    shown = fetch(request, "procurement.edit_tender", _mine(request), code=code)
    form = TenderForm(request.POST or None, instance=_unbound(shown), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            domain.edit(shown, by=request.user, **form.facts())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The package was saved."))
            return redirect("procurement:package", code=code)
    return _form(request, "procurement/package_form.html", form, tender=shown)


@form_page
def package_items(request: Request, code: str) -> HttpResponse:
    """The bill of quantities with the secret prices. "Add a row" works without a script too."""
    shown = fetch(request, "procurement.edit_tender", _mine(request), code=code)
    if shown.state != TenderState.DRAFT:
        raise PermissionDenied
    context: dict[str, Any] = {"tender": shown, "ppn": _law(shown).tax.ppn.value}
    if request.method != "POST":
        context["formset"] = ItemFormSet(initial=[_line(item) for item in shown.items.all()])
        return render(request, "procurement/package_items.html", context)
    formset = ItemFormSet(_with_another_row(request) if "add" in request.POST else request.POST)
    context["formset"] = formset
    if "add" in request.POST:
        return render(request, "procurement/package_items.html", context)
    if formset.is_valid():
        try:
            domain.set_items(shown, formset.lines(), by=request.user)
        except Refused as refusal:
            context["refusal"] = str(refusal)
        else:
            messages.success(request, _("The lines and the HPS were saved."))
            return redirect("procurement:package", code=code)
    return render(request, "procurement/package_items.html", context, status=422)


@form_page
def package_hand_over(request: Request, code: str) -> HttpResponse:
    shown = fetch(request, "procurement.hand_over_tender", _mine(request), code=code)
    form = HandOverForm(
        request.POST or None, user=request.user, initial={"committee": shown.committee_id}
    )
    if request.method == "POST" and form.is_valid():
        try:
            domain.hand_over(shown, form.cleaned_data["committee"], by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The package was handed over to the committee."))
            return redirect("procurement:package", code=code)
    return _form(request, "procurement/package_hand_over.html", form, tender=shown)


@form_page
def tender_cancel(request: Request, code: str) -> HttpResponse:
    """Call off a package or a tender: the PPK its draft, the committee what it runs."""
    visible = Tender.objects.visible_to(request.user)
    shown = fetch(request, "procurement.cancel_tender", visible, code=code)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.cancel(shown, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The tender was cancelled."))
            return redirect(shown if shown.announced_at else "/home/")
    return _form(request, "procurement/tender_cancel.html", form, tender=shown)


def _mine(request: Request) -> QuerySet[Tender]:
    return Tender.objects.filter(ppk=request.user)


def _missing(tender: Tender) -> list[Matter]:
    if tender.state != TenderState.DRAFT:
        return []
    faults = (domain.has_items(tender), domain.is_within_the_ceiling(tender))
    return [Matter(fault, blocks=True) for fault in faults if fault]


def _law(tender: Tender) -> rule_set.RuleSet:
    return rule_set.of(tender) if tender.rule_set else rule_set.in_force(localdate())


def _unbound(tender: Tender) -> Tender:
    """A copy for the form: validating a model form writes what was typed into its instance."""
    return Tender.objects.get(pk=tender.pk)


def _line(item: Item) -> dict[str, Any]:
    return {
        "description": item.description,
        "volume": item.volume.normalize(),
        "unit": item.unit,
        "hps_unit_price": item.hps_unit_price,
    }


def _with_another_row(request: Request) -> Any:
    posted = request.POST.copy()
    rows = posted.get("form-TOTAL_FORMS", "0")
    posted["form-TOTAL_FORMS"] = str(int(rows) + 1) if rows.isdigit() else "1"
    return posted


def _form(request: Request, template: str, form: Any, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
