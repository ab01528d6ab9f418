"""Qualification data, kept by the firm and used in its bids (P22(5))."""

from __future__ import annotations

from pathlib import PurePath

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lpse.errors import Refused
from lpse.files.intake import store
from lpse.files.models import FileKind
from lpse.files.serve import serve
from lpse.http import action, api, form_page, page
from registration.domain import qualification as domain
from registration.forms.qualification import QualificationForm
from registration.http import Request
from registration.models import Provider, Qualification, QualificationKind, QualificationVersion
from registration.views.firm import own_firm

LARGEST_COPY = 10 * 1024 * 1024
COPIES = (FileKind.PDF, FileKind.JPEG, FileKind.PNG)
LONGEST_NAME = 200


@page
def qualifications(request: Request) -> HttpResponse:
    firm = own_firm(request)
    lines = domain.lines(firm)
    return render(
        request,
        "registration/qualifications.html",
        {
            "firm": firm,
            "groups": [
                (kind, [line for line in lines if line.qualification.kind == kind])
                for kind in QualificationKind
            ],
            "expiring": sum(line.validity in domain.TO_RENEW for line in lines),
            "writes": request.user.has_perm("registration.write_qualification", firm),
        },
    )


@page
def qualification(request: Request, pk: int) -> HttpResponse:
    firm = own_firm(request)
    found = get_object_or_404(Qualification, provider=firm, pk=pk)
    versions = list(domain.versions(found))
    return render(
        request,
        "registration/qualification.html",
        {
            "qualification": found,
            "version": versions[0],
            "validity": domain.validity_of(versions[0], domain.today()),
            "versions": [(version, domain.shown_facts(version)) for version in versions],
            "writes": found.removed_at is None
            and request.user.has_perm("registration.write_qualification", firm),
        },
    )


@form_page
def qualification_new(request: Request, kind: str) -> HttpResponse:
    firm = own_firm(request, "registration.write_qualification")
    if kind not in QualificationKind.values:
        raise Http404
    return _write(request, firm, QualificationKind(kind), None)


@form_page
def qualification_edit(request: Request, pk: int) -> HttpResponse:
    firm = own_firm(request, "registration.write_qualification")
    found = get_object_or_404(Qualification, provider=firm, removed_at=None, pk=pk)
    return _write(request, firm, QualificationKind(found.kind), found)


def _write(
    request: Request, firm: Provider, kind: QualificationKind, replaces: Qualification | None
) -> HttpResponse:
    before = domain.versions(replaces).first() if replaces else None
    form = QualificationForm(request.POST or None, request.FILES or None, kind=kind, before=before)
    if form.is_valid():
        try:
            version = domain.write(
                firm,
                kind,
                facts=form.told(),
                valid_from=form.cleaned_data["valid_from"],
                valid_until=form.cleaned_data["valid_until"],
                document=_document(form),
                replaces=replaces,
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Saved. Bids that were sent already stay as they are."))
            return redirect("qualification", pk=version.qualification_id)
    return render(
        request,
        "registration/qualification_form.html",
        {"form": form, "kind": kind, "replaces": replaces, "before": before},
        status=422 if form.is_bound else 200,
    )


def _document(form: QualificationForm) -> domain.Document | None:
    chosen = form.cleaned_data["document"]
    if not chosen:
        return None
    try:
        kept = store(chosen, max_size=LARGEST_COPY, kinds=COPIES)
    except Refused as refusal:
        raise Refused(refusal, field="document") from refusal
    stem = PurePath(chosen.name).stem[: LONGEST_NAME - 5]
    return domain.Document(kept, f"{stem}.{_ending(kept.kind)}")


def _ending(kind: str) -> str:
    return "jpg" if kind == FileKind.JPEG else kind


@action
def qualification_remove(request: Request, pk: int) -> HttpResponse:
    firm = own_firm(request, "registration.write_qualification")
    found = get_object_or_404(
        Qualification.objects.select_related("provider"), provider=firm, pk=pk
    )
    domain.remove(found, by=request.user)
    messages.success(request, _("The entry is removed; what it said stays in its history."))
    return redirect("qualifications")


@page
def qualification_document(request: Request, pk: int) -> HttpResponseBase:
    """The copy of one version, to the firm's own people.

    It is not recorded who reads it: the page of a bid fetches it from here, and a record of that
    would tell before the opening what is in the bid.
    """
    firm = own_firm(request)
    version = get_object_or_404(
        QualificationVersion.objects.select_related("file"), qualification__provider=firm, pk=pk
    )
    if version.file is None:
        raise Http404
    return serve(version.file, version.file_name)


@api("GET")
def qualification_documents(request: Request) -> JsonResponse:
    """What the firm can put into a bid: asked for by the page of a bid, which is not named."""
    firm = own_firm(request)
    return JsonResponse(
        {
            "documents": [
                {
                    "kind": str(QualificationKind(line.qualification.kind).label),
                    "title": line.version.title,
                    "name": line.version.file_name,
                    "size": line.version.file.size,
                    "validity": line.validity,
                    "says": str(line.validity.label),
                    "until": line.version.valid_until,
                    "url": reverse("qualification_document", kwargs={"pk": line.version.pk}),
                }
                for line in domain.lines(firm)
                if line.version.file is not None
            ]
        }
    )
