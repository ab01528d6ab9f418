"""The terms of use: public in every version, accepted by whoever signs in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from lpse.clock import database_now
from lpse.errors import Refused
from lpse.http import form_page, page
from registration.domain import law
from registration.domain import terms as domain
from registration.forms.terms import AcceptForm, TermsForm
from registration.http import Request
from registration.models import Terms

HEADING = "## "


@login_not_required
@page
def terms(request: Request, version: int | None = None) -> HttpResponse:
    """The version in force, or the one asked for, and a list of all."""
    if version is None:
        shown = domain.in_force()
    else:
        shown = get_object_or_404(domain.versions(), version=version)
    return render(
        request,
        "registration/terms.html",
        text_of(shown)
        | {
            "in_force": domain.in_force(),
            "versions": domain.versions().select_related("published_by"),
            "now": database_now(),
            "may_publish": request.user.has_perm("registration.publish_terms"),
        },
    )


@form_page
def terms_accept(request: Request) -> HttpResponse:
    """Whoever has not accepted the version in force is led here, and goes on from here."""
    shown = domain.in_force()
    if shown is None:
        raise Http404
    onward = request.POST.get("next") or request.GET.get("next") or "/home/"
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}):
        onward = "/home/"
    form = AcceptForm(request.POST or None, initial={"version": shown.version})
    if form.is_valid():
        read = get_object_or_404(Terms, version=form.cleaned_data["version"])
        try:
            domain.accept(request.user, read)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(onward)
    return render(
        request,
        "registration/terms_accept.html",
        text_of(shown) | {"form": form, "next": onward},
        status=422 if form.is_bound else 200,
    )


@form_page
def terms_publish(request: Request) -> HttpResponse:
    """The head of the LPSE writes the next version, beginning with the one there is."""
    if not request.user.has_perm("registration.publish_terms"):
        raise PermissionDenied
    last = domain.versions().first()
    initial = {name: getattr(last, name) for name in ("text_id", "text_en", "entities") if last}
    form = TermsForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            published = domain.publish(**form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The version is published; users are asked to accept it."))
            return redirect("terms_version", version=published.version)
    return render(
        request,
        "registration/terms_form.html",
        {"form": form, "last": last},
        status=422 if form.is_bound else 200,
    )


@login_not_required
@page
def privacy(request: Request) -> HttpResponse:
    """What is kept about people, why and for how long (UU 27/2022)."""
    return render(request, "registration/privacy.html", {"law": law.current()})


def text_of(shown: Terms | None) -> dict[str, Any]:
    """The text as headings and paragraphs: it is somebody's text, so no markup is taken over."""
    blocks = [
        {"is_heading": line.startswith(HEADING), "text": line.removeprefix(HEADING).strip()}
        for line in (shown.text.splitlines() if shown else [])
        if line.strip()
    ]
    return {"terms": shown, "blocks": blocks, "others": domain.others(shown) if shown else []}
