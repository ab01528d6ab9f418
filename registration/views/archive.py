"""The archive of users, for the verifiers (P10(2)d)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from lpse.clock import database_now, office_zone
from lpse.http import fetch, page, recorded_page
from registration import masking
from registration.domain import account, sanction
from registration.domain import archive as domain
from registration.forms.archive import ArchiveForm
from registration.http import Request
from registration.models import Deactivation, Provider

READS = "registration.view_users"


@page
def archive(request: Request) -> HttpResponse:
    """Search; what is found is masked until somebody opens it."""
    if not request.user.has_perm(READS):
        raise PermissionDenied
    form = ArchiveForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = domain.search(text)
    return render(
        request,
        "registration/archive.html",
        {
            "form": form,
            "text": text,
            "found": found,
            "people": [(one, masking.email(one.email)) for one in found.users],
            "firms": [(one, masking.number(one.npwp)) for one in found.providers],
            "applications": [(one, masking.number(one.npwp)) for one in found.applications],
            "most": domain.MOST,
            "may_open": request.user.has_perm("registration.view_queue"),
        },
    )


@recorded_page
def archive_provider(request: Request, code: str) -> HttpResponse:
    """Everything the LPSE keeps about one provider; that somebody looked is recorded."""
    firm = fetch(request, READS, Provider.objects.all(), code=code)
    account.read_about(firm, by=request.user)
    today = database_now().astimezone(office_zone()).date()
    officers = firm.officers.select_related("user").order_by("left_at", "joined_at")
    entries = sanction.against(firm).select_related("agency")
    return render(
        request,
        "registration/archive_provider.html",
        {
            "provider": firm,
            "officers": officers,
            "applications": firm.applications.select_related("applicant", "decided_by").order_by(
                "-started_at"
            ),
            "sanctions": [(one, sanction.status(one, today)) for one in entries],
            "deactivations": Deactivation.objects.filter(user__officer_of__provider=firm)
            .select_related("user", "decided_by")
            .distinct(),
            "may_open": request.user.has_perm("registration.view_queue"),
        },
    )
