from django.urls import path

from procurement.views import keys, package, public, statement, workspace

app_name = "procurement"

urlpatterns = [
    # What anybody may read
    path("tenders/", public.tender_list, name="tender_list"),
    path("tenders/<str:code>/", public.tender, name="tender"),
    path("tenders/<str:code>/schedule/", public.schedule, name="schedule"),
    path("tenders/<str:code>/documents/", public.documents, name="documents"),
    path("tenders/<str:code>/documents/<int:pk>/", public.document, name="document"),
    path("tenders/<str:code>/print/", public.announcement, name="announcement"),
    path("tenders/<str:code>/statement/", statement.statement, name="statement"),
    path("tenders/<str:code>/statement/chain/", statement.statement_chain, name="statement_chain"),
    path("tenders/<str:code>/statement/cover-sheet/", statement.cover_sheet, name="cover_sheet"),
    path("rules/", public.rules, name="rules"),
    # The PPK's desk
    path("packages/", package.packages, name="packages"),
    path("packages/new/", package.package_create, name="package_create"),
    path("packages/<str:code>/", package.package, name="package"),
    path("packages/<str:code>/edit/", package.package_edit, name="package_edit"),
    path("packages/<str:code>/lines/", package.package_items, name="package_items"),
    path("packages/<str:code>/hand-over/", package.package_hand_over, name="package_hand_over"),
    # The committee's desk
    path("committee/", workspace.workspaces, name="workspaces"),
    path("tenders/<str:code>/workspace/", workspace.workspace, name="workspace"),
    path("tenders/<str:code>/workspace/procedure/", workspace.procedure, name="procedure"),
    path("tenders/<str:code>/workspace/schedule/", workspace.schedule_edit, name="schedule_edit"),
    path("tenders/<str:code>/workspace/documents/", workspace.files, name="files"),
    path(
        "tenders/<str:code>/workspace/documents/<int:pk>/remove/",
        workspace.file_remove,
        name="file_remove",
    ),
    path("tenders/<str:code>/workspace/estimate/", workspace.estimate, name="estimate"),
    path("tenders/<str:code>/workspace/return/", workspace.hand_back, name="hand_back"),
    path("tenders/<str:code>/schedule/change/", workspace.schedule_change, name="schedule_change"),
    path("tenders/<str:code>/cancel/", package.tender_cancel, name="tender_cancel"),
    path(
        "tenders/<str:code>/statement/propose/",
        statement.statement_propose,
        name="statement_propose",
    ),
    path("tenders/<str:code>/statement/sign/", statement.statement_sign, name="statement_sign"),
    # A member's own keys
    path("keys/", keys.keys, name="keys"),
    path("keys/register/", keys.key_register, name="key_register"),
    path("keys/<int:pk>/test/", keys.key_test, name="key_test"),
    path("keys/<int:pk>/passkey/", keys.key_passkey, name="key_passkey"),
    path("keys/<int:pk>/backup/", keys.key_backup, name="key_backup"),
    path("keys/<int:pk>/revoke/", keys.key_revoke, name="key_revoke"),
]
