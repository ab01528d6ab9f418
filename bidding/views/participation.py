"""Joining a tender."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bidding.domain import deadline, good_standing
from bidding.domain import participation as domain
from bidding.forms.participation import JoinForm
from bidding.rules import officer
from lpse.errors import Refused
from lpse.http import fetch, form_page
from procurement.models import Tender
from registration.http import Request


@form_page
def join(request: Request, code: str) -> HttpResponse:
    """The integrity pact, and the button that makes the firm a participant."""
    tender = fetch(request, "bidding.join_tender", Tender.objects.public(), code=code)
    onward = reverse("bidding:bid", kwargs={"code": tender.code})
    if domain.of(tender, request.user):
        return redirect(onward)
    form = JoinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            domain.join(tender, pact_accepted=form.cleaned_data["integrity_pact"], by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return redirect(onward)
    mine = officer(request.user)
    context = {
        "tender": tender,
        "form": form,
        "provider": mine.provider if mine else None,
        "moment": deadline.look(tender),
        "sanction": mine and good_standing.sanction_of(mine.provider),
    }
    return render(request, "bidding/join.html", context, status=422 if form.errors else 200)
