"""The kernel's own pages: the clock, and the mark where browsers look for one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import never_cache

from lpse.clock import database_now, instant
from lpse.http import page


@login_not_required
@page
@never_cache
def clock(_request: HttpRequest) -> JsonResponse:
    """The deciding clock, for pages that slept: a laptop's lid stops its steady clock."""
    return JsonResponse({"now": instant(database_now())})


@login_not_required
@page
def favicon(_request: HttpRequest) -> HttpResponseRedirect:
    """Beside files and programs, where no page names the mark, browsers ask for this address."""
    return redirect(static("img/favicon.svg"))
