"""The kinds of view. A *page* only reads, an *action* only writes, a *form page* shows a form
and takes it, an *api* speaks JSON with the browser's sealing and opening code.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lpse.errors import Refused

View = Callable[..., HttpResponseBase]
M = TypeVar("M", bound=models.Model)

READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "DECLARE", "FETCH")
LARGEST_JSON = 2 * 1024 * 1024  # a manifest with its sealed shares is some kilobytes


def page(view: View) -> View:
    """A GET view. Any attempt to write to the database is a programming error.

    Reading that must itself be recorded (a download, an identity document) is an
    ``@action`` or is marked with :func:`recorded_page`.
    """

    @require_safe
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with connection.execute_wrapper(_reads_only):
            return view(request, *args, **kwargs)

    wrapper.kind = "page"  # type: ignore[attr-defined]
    return wrapper


def recorded_page(view: View) -> View:
    """A GET view whose reading is recorded: a registered download or a sensitive read."""

    @require_safe
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    wrapper.kind = "recorded_page"  # type: ignore[attr-defined]
    return wrapper


def action(view: View) -> View:
    """A POST view. A ``Refused`` becomes a message on the page the user came from."""

    @require_POST
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(_origin(request))

    wrapper.kind = "action"  # type: ignore[attr-defined]
    return wrapper


def form_page(view: View) -> View:
    """A page with a form: GET reads only, POST acts.

    The view renders the form with status 422 when it is not valid, so that nothing typed is
    lost; a ``Refused`` of the verb is the view's to put beside its field
    (``form.add_error(refusal.field, str(refusal))``).
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        with connection.execute_wrapper(_reads_only):
            return view(request, *args, **kwargs)

    wrapper.kind = "form_page"  # type: ignore[attr-defined]
    return wrapper


def api(*methods: str) -> Callable[[View], View]:
    """A JSON view for the browser's own code. ``Refused`` is 409 with ``{"refused": why}``."""

    def decorate(view: View) -> View:
        @require_http_methods(list(methods))
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except Refused as refusal:
                return JsonResponse({"refused": str(refusal)}, status=409)

        wrapper.kind = "api"  # type: ignore[attr-defined]
        return wrapper

    return decorate


def json_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object in the body; anything else is ``Refused``."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST_JSON:
        raise Refused(_("The request is too large."))
    try:
        body = json.loads(request.body)
        json.dumps(body, ensure_ascii=False).encode()  # half a character is no text
    except (ValueError, RecursionError) as error:
        raise Refused(_("The request is not JSON.")) from error
    if not isinstance(body, dict):
        raise Refused(_("The request is not a JSON object."))
    return body


def fetch(request: HttpRequest, permission: str, visible: QuerySet[M], **lookup: Any) -> M:
    """The object the user may see (else 404) and may act upon (else 403)."""
    found = get_object_or_404(visible, **lookup)
    if not request.user.has_perm(permission, found):
        raise PermissionDenied
    return found


def _origin(request: HttpRequest) -> str:
    origin = request.headers.get("Referer", "")
    return origin if url_has_allowed_host_and_scheme(origin, {request.get_host()}) else "/"


def _reads_only(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
    if not sql.lstrip("( ").upper().startswith(READS):
        raise RuntimeError(f"a page tried to write: {sql[:80]}")
    return execute(sql, params, many, context)
