"""The inbox. Only ever the reader's own: a message of somebody else does not exist."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext

from lpse.http import action, page
from lpse.mail import domain

PAGE = 20


@page
def inbox(request: HttpRequest) -> HttpResponse:
    shown = Paginator(domain.inbox(request.user), PAGE).get_page(request.GET.get("page"))
    unread = domain.unread_count(request.user)
    return render(
        request,
        "mail/inbox.html",
        {
            "inbox": shown.object_list,
            "unread": unread,
            "unread_label": ngettext("%(n)d new message", "%(n)d new messages", unread)
            % {"n": unread},
            "newer": f"?page={shown.previous_page_number()}" if shown.has_previous() else "",
            "older": f"?page={shown.next_page_number()}" if shown.has_next() else "",
        },
    )


@action
def message_read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark a message as read; with ``go``, on the way to the page that it speaks of."""
    message = get_object_or_404(domain.inbox(request.user), pk=pk)
    domain.mark_read(domain.inbox(request.user).filter(pk=pk), by=request.user)
    goes_on = message.url if request.POST.get("go") else ""
    return redirect(goes_on or "inbox")


@action
def inbox_read_all(request: HttpRequest) -> HttpResponse:
    domain.mark_read(domain.inbox(request.user), by=request.user)
    return redirect("inbox")
