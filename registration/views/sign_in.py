"""What stands at the door."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lpse.http import action, page
from registration import browser
from registration.domain import sample
from registration.models import User


@login_not_required
@page
def account_signup(request: HttpRequest) -> HttpResponse:
    """Nobody opens an account here: it says who gives one."""
    return render(request, "registration/signup_closed.html")


@login_not_required
@action
def sample_sign_in(request: HttpRequest, username: str) -> HttpResponse:
    """Be a sample person with one click, on a sample installation and nowhere else."""
    if not sample.is_offered():
        raise Http404
    user = get_object_or_404(User, username=username, is_sample=True, is_active=True)
    if request.user.is_authenticated:
        get_adapter().logout(request)
    browser.mark_second_factor(request, user, sample.FACTOR)
    get_adapter().login(request, user)
    browser.complete_sign_in(request, user)
    messages.info(request, _("You are %(person)s, who is made up.") % {"person": user})
    return redirect("home")
