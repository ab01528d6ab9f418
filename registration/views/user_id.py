"""The forgotten User ID."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from lpse.errors import Refused
from lpse.http import form_page, page
from registration import browser
from registration.domain import user_id as domain
from registration.forms.user_id import UserIdForm


@login_not_required
@form_page
def user_id(request: HttpRequest) -> HttpResponse:
    """The same answer to every address."""
    form = UserIdForm(request.POST or None)
    if form.is_valid():
        try:
            domain.ask(
                form.cleaned_data["email"],
                device=browser.name_device(request),
                language=(get_language() or "id")[:2],
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("user_id_sent")
    return render(
        request,
        "registration/user_id.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@login_not_required
@page
def user_id_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "registration/user_id_sent.html")
