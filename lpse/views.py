"""The kernel's own pages: the clock."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from lpse.clock import database_now, instant
from lpse.http import page


@login_not_required
@page
@never_cache
def clock(_request: HttpRequest) -> JsonResponse:
    """The deciding clock, for pages that slept: a laptop's lid stops its steady clock."""
    return JsonResponse({"now": instant(database_now())})
