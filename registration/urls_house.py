"""A firm's own house, and the ways back to an account."""

from __future__ import annotations

from django.urls import include, path

from registration.views import firm, invitation, mailbox, qualification, user_id

house = [
    path("", firm.firm, name="firm"),
    path("invite/", firm.invitation_new, name="invitation_new"),
    path("invitations/<int:pk>/revoke/", firm.invitation_revoke, name="invitation_revoke"),
    path("officers/<int:pk>/right/", firm.officer_right, name="officer_right"),
    path("officers/<int:pk>/end/", firm.officer_end, name="officer_end"),
    path("leave/", firm.firm_leave, name="firm_leave"),
    path("qualifications/", qualification.qualifications, name="qualifications"),
    path(
        "qualifications/documents/",
        qualification.qualification_documents,
        name="qualification_documents",
    ),
    path(
        "qualifications/documents/<int:pk>/",
        qualification.qualification_document,
        name="qualification_document",
    ),
    path(
        "qualifications/new/<slug:kind>/",
        qualification.qualification_new,
        name="qualification_new",
    ),
    path("qualifications/<int:pk>/", qualification.qualification, name="qualification"),
    path(
        "qualifications/<int:pk>/edit/",
        qualification.qualification_edit,
        name="qualification_edit",
    ),
    path(
        "qualifications/<int:pk>/remove/",
        qualification.qualification_remove,
        name="qualification_remove",
    ),
]
urlpatterns = [
    path("firm/", include(house)),
    path("invitations/", invitation.invitations, name="invitations"),
    path("invitations/<int:pk>/accept/", invitation.invitation_accept, name="invitation_accept"),
    path("invitation/<str:secret>/", invitation.invitation, name="invitation"),
    path("accounts/user-id/", user_id.user_id, name="user_id"),
    path("accounts/user-id/sent/", user_id.user_id_sent, name="user_id_sent"),
    path("users/<str:username>/mailbox/", mailbox.mailbox, name="mailbox"),
]
