"""The verifiers' desk, visits and counters."""

from __future__ import annotations

from django.urls import include, path

from registration.views import verification, visit

verifications = [
    path("", verification.verifications, name="verifications"),
    path("<str:code>/", verification.verification, name="verification"),
    path(
        "<str:code>/documents/<int:pk>/",
        verification.verification_document,
        name="verification_document",
    ),
    path("<str:code>/doubts/", verification.verification_override, name="verification_override"),
    path(
        "<str:code>/doubts/<int:pk>/confirm/",
        verification.verification_confirm,
        name="verification_confirm",
    ),
    path("<str:code>/return/", verification.verification_return, name="verification_return"),
    path("<str:code>/approve/", verification.verification_approve, name="verification_approve"),
    path("<str:code>/reject/", verification.verification_reject, name="verification_reject"),
    path("<str:code>/walk-in/", verification.verification_walk_in, name="verification_walk_in"),
    path("<str:code>/minutes/", verification.verification_minutes, name="verification_minutes"),
    path("<str:code>/list/", verification.verification_returned, name="verification_returned"),
]
counters = [
    path("", visit.counters, name="counters"),
    path("new/", visit.counter_new, name="counter_new"),
    path("<int:pk>/", visit.counter_edit, name="counter_edit"),
    path("<int:pk>/hours/", visit.counter_hours, name="counter_hours"),
    path("hours/<int:pk>/remove/", visit.counter_hours_remove, name="counter_hours_remove"),
]
urlpatterns = [
    path("verifications/", include(verifications)),
    path("counters/", include(counters)),
    path("visits/", visit.visits, name="visits"),
    path("visits/<int:pk>/arrived/", visit.visit_arrived, name="visit_arrived"),
    path("application/visit/", visit.visit, name="visit"),
    path("application/visit/cancel/", visit.visit_cancel, name="visit_cancel"),
    path("application/visit/calendar/", visit.visit_calendar, name="visit_calendar"),
]
