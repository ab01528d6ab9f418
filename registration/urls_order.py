"""What keeps order among the users: deactivation, blacklist, terms of use, archive."""

from __future__ import annotations

from django.urls import path

from registration.views import archive, deactivation, sanction, terms

urlpatterns = [
    path("blacklist/", sanction.sanctions, name="sanctions"),
    path("blacklist/new/", sanction.sanction_new, name="sanction_new"),
    path("blacklist/export.csv", sanction.sanctions_csv, name="sanctions_csv"),
    path("blacklist/<int:pk>/", sanction.sanction, name="sanction"),
    path("blacklist/<int:pk>/withdraw/", sanction.sanction_withdraw, name="sanction_withdraw"),
    path("blacklist/<int:pk>/decree/", sanction.sanction_decree, name="sanction_decree"),
    path("users/<str:username>/deactivate/", deactivation.user_deactivate, name="user_deactivate"),
    path("deactivations/<int:pk>/lift/", deactivation.deactivation_lift, name="deactivation_lift"),
    path("deactivations/<int:pk>/keep/", deactivation.deactivation_keep, name="deactivation_keep"),
    path(
        "deactivations/<int:pk>/letter/",
        deactivation.deactivation_letter,
        name="deactivation_letter",
    ),
    path("answer/<str:token>/", deactivation.deactivation_answer, name="deactivation_answer"),
    path("terms/", terms.terms, name="terms"),
    path("terms/accept/", terms.terms_accept, name="terms_accept"),
    path("terms/publish/", terms.terms_publish, name="terms_publish"),
    path("terms/<int:version>/", terms.terms, name="terms_version"),
    path("privacy/", terms.privacy, name="privacy"),
    path("archive/", archive.archive, name="archive"),
    path("archive/providers/<slug:code>/", archive.archive_provider, name="archive_provider"),
]
