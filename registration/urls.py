"""Signing in and the own account; the register of users.

Of allauth's addresses only those that this house uses are mounted.
"""

from __future__ import annotations

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as key_views
from django.urls import include, path, re_path

from registration.views import (
    account,
    agency,
    application,
    assignment,
    request,
    sign_in,
    signup,
    user,
)

accounts = [
    path("login/", account_views.login, name="account_login"),
    path("logout/", account_views.logout, name="account_logout"),
    path("signup/", sign_in.account_signup, name="account_signup"),
    path("inactive/", account_views.account_inactive, name="account_inactive"),
    path("sample/<str:username>/", sign_in.sample_sign_in, name="sample_sign_in"),
    path("reauthenticate/", account_views.reauthenticate, name="account_reauthenticate"),
    path("email/", account_views.email, name="account_email"),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        account_views.confirm_email,
        name="account_confirm_email",
    ),
    path("password/change/", account_views.password_change, name="account_change_password"),
    path("password/set/", account_views.password_set, name="account_set_password"),
    path("password/reset/", account_views.password_reset, name="account_reset_password"),
    path(
        "password/reset/sent/",
        account_views.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        account_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
factors = [
    path("", mfa_views.index, name="mfa_index"),
    path("authenticate/", mfa_views.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", mfa_views.reauthenticate, name="mfa_reauthenticate"),
    path("app/add/", totp_views.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", totp_views.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/", code_views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/new/", code_views.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkeys/", key_views.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/add/", key_views.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/sign-in/", key_views.login_webauthn, name="mfa_login_webauthn"),
    path(
        "passkeys/reauthenticate/",
        key_views.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("passkeys/<int:pk>/remove/", account.mfa_remove_webauthn, name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/edit/", key_views.edit_webauthn, name="mfa_edit_webauthn"),
]
applications = [
    path("", application.application, name="application"),
    path("start/", application.application_start, name="application_start"),
    re_path(
        r"^(?P<step>kind|identity|address|responsible)/$",
        application.application_step,
        name="application_step",
    ),
    path("documents/", application.application_documents, name="application_documents"),
    path("documents/<int:pk>/", application.application_document, name="application_document"),
    path(
        "documents/<int:pk>/remove/",
        application.application_document_remove,
        name="application_document_remove",
    ),
    path("check/", application.application_check, name="application_check"),
    re_path(
        r"^forms/(?P<form>registration|participation)/$",
        application.application_form,
        name="application_form",
    ),
]
agencies = [
    path("", agency.agencies, name="agencies"),
    path("new/", agency.agency_new, name="agency_new"),
    path("<int:pk>/", agency.agency, name="agency"),
    path("<int:pk>/edit/", agency.agency_edit, name="agency_edit"),
    path("<int:pk>/units/<slug:kind>/new/", agency.unit_new, name="unit_new"),
    path("units/<slug:kind>/<int:pk>/", agency.unit_edit, name="unit_edit"),
    path("units/<slug:kind>/<int:pk>/remove/", agency.unit_remove, name="unit_remove"),
    path("committees/<int:pk>/", agency.committee, name="agency_committee"),
    path("people/<str:username>/certificates/", agency.certificate_list, name="certificates"),
    path(
        "people/<str:username>/certificates/new/", agency.certificate_new, name="certificate_new"
    ),
    path("certificates/<int:pk>/copy/", agency.certificate_copy, name="certificate_copy"),
    path("certificates/<int:pk>/remove/", agency.certificate_remove, name="certificate_remove"),
]
requests = [
    path("", request.requests, name="requests"),
    path("new/", request.request_new, name="request_new"),
    path("<int:pk>/", request.office_request, name="office_request"),
    path("<int:pk>/decree/", request.request_decree, name="request_decree"),
]
urlpatterns = [
    path("", include("registration.urls_verification")),
    path("", include("registration.urls_order")),
    path("agencies/", include(agencies)),
    path("requests/", include(requests)),
    path("", include("registration.urls_house")),
    path("accounts/2fa/", include(factors)),
    path("accounts/", include(accounts)),
    path("register/", signup.register, name="register"),
    path("register/sent/", signup.register_sent, name="register_sent"),
    path("register/confirm/<str:token>/", signup.register_confirm, name="register_confirm"),
    path("application/", include(applications)),
    path("account/", account.account, name="account"),
    path("account/language/", account.account_language, name="account_language"),
    path("account/sessions/end/", account.sessions_end, name="sessions_end"),
    path("account/sessions/<slug:handle>/end/", account.session_end, name="session_end"),
    path("account/devices/<int:pk>/forget/", account.device_forget, name="device_forget"),
    path("users/", user.users, name="users"),
    path("new-user/", user.user_new, name="user_new"),
    path("users/<str:username>/", user.user, name="user"),
    path("users/<str:username>/edit/", user.user_edit, name="user_edit"),
    path(
        "users/<str:username>/factors/remove/",
        user.user_factors_remove,
        name="user_factors_remove",
    ),
    path(
        "users/<str:username>/assignments/new/", assignment.assignment_new, name="assignment_new"
    ),
    path("assignments/<int:pk>/end/", assignment.assignment_end, name="assignment_end"),
    path("assignments/<int:pk>/decree/", assignment.assignment_decree, name="assignment_decree"),
]
