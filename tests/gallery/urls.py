"""One page with every component, in each of the three densities."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path
from django.utils import timezone
from django.views.i18n import set_language

from lpse.templatetags.ui import STATES
from lpse.views import clock

PAGE = Path(__file__).with_name("page.html")


class GalleryForm(forms.Form):
    title = forms.CharField(label="Name of the package", help_text="As in the plan.")
    amount = forms.DecimalField(label="HPS")
    day = forms.DateField(label="Date", required=False)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    document = forms.FileField(label="Document", required=False)
    category = forms.ChoiceField(label="Category", choices=[("works", "Works")])
    contract = forms.ChoiceField(
        label="Contract",
        choices=[("lump", "Lump sum"), ("unit", "Unit price")],
        widget=forms.RadioSelect,
    )
    pact = forms.BooleanField(label="I agree to the integrity pact")


class Stage:
    def __init__(self, name: str, starts: int, ends: int) -> None:
        self.name = name
        self.starts_at = timezone.now() + dt.timedelta(hours=starts)
        self.ends_at = timezone.now() + dt.timedelta(hours=ends)

    def get_code_display(self) -> str:
        return self.name


@login_not_required
def gallery(request: HttpRequest, area: str) -> HttpResponse:
    page = Template(PAGE.read_text())
    return HttpResponse(
        page.render(
            RequestContext(
                request,
                {
                    "area": area,
                    "codes": ["37406901", "37407901", "37408901"],
                    "deadline": timezone.now() + dt.timedelta(minutes=90),
                    "digest": "9f2c41d07be35a88" * 4,
                    "form": GalleryForm({"title": ""}),
                    "stages": [
                        Stage("Announcement", -90, -30),
                        Stage("Upload of bids", -60, 2),
                        Stage("Opening of bids", 3, 4),
                    ],
                    "states": list(STATES),
                    "steps": ["Fill in", "Seal", "Send"],
                },
            )
        )
    )


urlpatterns = [
    path("gallery/<str:area>/", gallery),
    path("clock", clock, name="clock"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("allauth.account.urls")),
]
