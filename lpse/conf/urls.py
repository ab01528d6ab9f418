"""Every address of the system, one application a line."""

from __future__ import annotations

from django.urls import include, path

from lpse.views import clock

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("clock", clock, name="clock"),
    path("", include("operations.urls")),
    path("", include("registration.urls")),
    path("", include("procurement.urls")),
    path("", include("bidding.urls")),
    path("ledger/", include("lpse.ledger.urls")),
    path("inbox/", include("lpse.mail.urls")),
]
