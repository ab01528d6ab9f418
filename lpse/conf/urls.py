"""Every address of the system, one application a line."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from lpse.views import clock, favicon

urlpatterns = [
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("clock", clock, name="clock"),
    path("favicon.ico", favicon, name="favicon"),
    path("", include("operations.urls")),
    path("", include("registration.urls")),
    path("", include("procurement.urls")),
    path("", include("bidding.urls")),
    path("ledger/", include("lpse.ledger.urls")),
    path("inbox/", include("lpse.mail.urls")),
]
