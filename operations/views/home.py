"""The start page of whoever signed in: what waits today."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from lpse.clock import database_now
from lpse.http import page
from lpse.mail.models import Message
from procurement.domain import queries
from registration.http import Request

SHOWN = 8


@page
def home(request: Request) -> HttpResponse:
    messages = Message.objects.filter(recipient=request.user).order_by("-created_at")
    context: dict[str, Any] = {
        "closing_soon": queries.open_for_bids(database_now(), SHOWN),
        "latest": list(messages[:SHOWN]),
        "offices": request.user.offices,
        "provider": request.user.provider,
    }
    return render(request, "operations/home.html", context)
