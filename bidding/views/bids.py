"""What a firm has joined and sent."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from bidding.domain import queries
from bidding.rules import officer
from lpse.http import page
from registration.http import Request


@page
def bids(request: Request) -> HttpResponse:
    """Every tender the firm takes part in, with the state of its envelope and its receipts."""
    mine = officer(request.user)
    if mine is None:
        raise PermissionDenied
    context = {"provider": mine.provider, "standings": queries.standings(mine.provider)}
    return render(request, "bidding/bids.html", context)
