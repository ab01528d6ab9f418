"""The counter's help for somebody who lost mailbox and password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lpse.errors import Refused
from lpse.http import fetch, form_page
from registration.domain import mailbox as domain
from registration.forms.mailbox import MailboxForm
from registration.http import Request
from registration.models import User


@form_page
def mailbox(request: Request, username: str) -> HttpResponse:
    person = fetch(request, "registration.correct_user", User.objects.all(), username=username)
    form = MailboxForm(request.POST or None)
    if form.is_valid():
        try:
            domain.replace(person, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request,
                _("The address is changed. The person asks for a new password with it now."),
            )
            return redirect("user", username=person.username)
    return render(
        request,
        "registration/mailbox.html",
        {"form": form, "person": person},
        status=422 if form.is_bound else 200,
    )
