"""Where everybody lands after signing in: what waits today."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from lpse.clock import database_now
from lpse.http import page
from lpse.mail.domain import inbox
from procurement.domain import queries
from registration.http import Request

SHOWN = 8


@page
def home(request: Request) -> HttpResponse:
    """The queue comes from every application that registered one (``lpse.navigation``)."""
    context: dict[str, Any] = {
        "offices": request.user.offices,
        "provider": request.user.provider,
        "latest": inbox(request.user)[:SHOWN],
    }
    if request.user.provider:
        context["closing_soon"] = queries.open_for_bids(database_now(), SHOWN)
    return render(request, "operations/home.html", context)
