"""What anybody sees first, and what a monitor asks."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lpse.clock import database_now, instant
from lpse.http import page
from procurement.domain import queries
from procurement.domain.queries import OPEN, Criteria
from procurement.models import Tender, TenderState

SHOWN = 6


@login_not_required
@page
def front(request: HttpRequest) -> HttpResponse:
    """Search first, then what closes next."""
    now = database_now()
    public = Tender.objects.public()
    counts = [
        (_("open for bids"), queries.matching(Criteria(status=OPEN), now)),
        (_("announced so far"), public),
        (_("opened by their committees"), public.filter(state=TenderState.OPENED)),
    ]
    context = {
        "closing_soon": queries.open_for_bids(now, SHOWN),
        "counts": [
            {"label": label, "number": _number(queries.capped(tenders))}
            for label, tenders in counts
        ],
    }
    return render(request, "home.html", context)


@login_not_required
@page
def health(_request: HttpRequest) -> HttpResponse:
    """Whether this process reaches its database, with the clock that decides."""
    connection.ensure_connection()
    return JsonResponse({"status": "ok", "at": instant(database_now())})


def _number(count: int) -> str:
    """Counting every row is for nobody's front page: beyond the cap it says so."""
    return str(count) if count <= queries.COUNTED else f"{queries.COUNTED}+"
