"""Resumable upload: tus 1.0.0 with creation, termination, expiration and checksum
(https://tus.io/protocols/resumable-upload).

Every answer to a piece says a byte up to which everything is durable. Names and metadata of
files are not taken: what is in an envelope is nobody's business.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _

from bidding.domain import upload as domain
from bidding.models import Upload
from bidding.views.sealing import own_participation
from lpse.errors import Refused
from registration.http import Request

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration,checksum"
PIECE = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460
LONGEST_NUMBER = 15


class Malformed(Refused):
    """The request does not follow the protocol."""


class OtherVersion(Refused):
    """The client speaks another version of the protocol."""


class SignedOut(Refused):
    """Nobody is signed in."""


# Everything else that is refused is 403.
STATUS: dict[type[Exception], int] = {
    Http404: HTTPStatus.NOT_FOUND,
    UnreadablePostError: HTTPStatus.BAD_REQUEST,
    Malformed: HTTPStatus.BAD_REQUEST,
    OtherVersion: HTTPStatus.PRECONDITION_FAILED,
    SignedOut: HTTPStatus.UNAUTHORIZED,
    domain.WrongOffset: HTTPStatus.CONFLICT,
    domain.Busy: HTTPStatus.LOCKED,
    domain.Gone: HTTPStatus.GONE,
    domain.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    domain.CutOff: HTTPStatus.BAD_REQUEST,
    domain.WrongChecksum: CHECKSUM_MISMATCH,
}

Handler = Callable[..., HttpResponse]


def tus(view: Handler) -> Handler:
    """What every request of the protocol has in common, refusals included.

    Signed out is 401 and never a redirect: the script that uploads cannot follow one, and must
    be able to tell the user to sign in again and go on.
    """

    @login_not_required
    @wraps(view)
    def wrapper(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        method = request.headers.get("X-HTTP-Method-Override", request.method or "")
        response = _checked(view, request, method, *args, **kwargs)
        response["Tus-Resumable"] = VERSION
        if response.status_code == HTTPStatus.PRECONDITION_FAILED:
            response["Tus-Version"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    wrapper.kind = "api"  # type: ignore[attr-defined]
    return wrapper


@tus
def uploads(request: Request, method: str, *, code: str, envelope: str) -> HttpResponse:
    """Where an upload begins: ``POST`` with ``Upload-Length``."""
    if method != "POST":
        return _not_allowed("POST")
    participation = own_participation(request, code)
    if request.headers.get("Upload-Metadata", "").strip():
        raise Malformed(_("Metadata is not taken: a sealed file has no name."))
    upload = domain.create(
        participation,
        envelope=envelope,
        length=_number(request, "Upload-Length", at_least=1),
        by=request.user,
    )
    response = HttpResponse(status=HTTPStatus.CREATED)
    response["Location"] = reverse("bidding:upload", kwargs={"upload": upload.pk})
    return _with_progress(response, upload)


@tus
def upload(request: Request, method: str, *, upload: UUID) -> HttpResponse:
    """One upload: ``HEAD`` asks how far it is, ``PATCH`` adds a piece, ``DELETE`` gives it up."""
    verb = {"HEAD": _head, "PATCH": _patch, "DELETE": _delete}.get(method)
    if verb is None:
        return _not_allowed("HEAD, PATCH, DELETE")
    try:
        found = domain.find(upload, by=request.user)
    except Upload.DoesNotExist as error:
        raise Http404 from error
    return verb(request, found)


def _head(_request: Request, upload: Upload) -> HttpResponse:
    response = _with_progress(HttpResponse(status=HTTPStatus.OK), upload)
    response["Upload-Length"] = str(upload.length)
    return response


def _patch(request: Request, upload: Upload) -> HttpResponse:
    if request.content_type != PIECE:
        return _refused(
            _("A piece is sent as %(type)s.") % {"type": PIECE}, HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        )
    if "Content-Length" not in request.headers:
        return _refused(_("A piece says how long it is."), HTTPStatus.LENGTH_REQUIRED)
    upload = domain.append(
        upload,
        request,
        offset=_number(request, "Upload-Offset"),
        length=_number(request, "Content-Length"),
        checksum=_checksum(request),
        by=request.user,
    )
    return _with_progress(HttpResponse(status=HTTPStatus.NO_CONTENT), upload)


def _delete(request: Request, upload: Upload) -> HttpResponse:
    domain.terminate(upload, by=request.user)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _checked(
    view: Handler, request: Request, method: str, *args: Any, **kwargs: Any
) -> HttpResponse:
    if method == "OPTIONS":
        return _options()
    try:
        _require_protocol(request)
        return view(request, method, *args, **kwargs)
    except (Http404, PermissionDenied, UnreadablePostError, Refused) as error:
        return _refused(_why(error), _status(error))


def _require_protocol(request: Request) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise OtherVersion(_("This server speaks tus %(version)s.") % {"version": VERSION})
    if not request.user.is_authenticated:
        raise SignedOut(_("You are signed out. Sign in again and go on."))


def _status(error: Exception) -> int:
    for kind, status in STATUS.items():
        if isinstance(error, kind):
            return status
    return HTTPStatus.FORBIDDEN


def _why(error: Exception) -> str:
    match error:
        case Http404():
            return _("There is no such upload.")
        case PermissionDenied():
            return _("Your right in the firm does not allow this.")
    return str(error)


def _options() -> HttpResponse:
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = EXTENSIONS
    response["Tus-Max-Size"] = str(domain.largest())
    response["Tus-Checksum-Algorithm"] = "sha256"
    return response


def _with_progress(response: HttpResponse, upload: Upload) -> HttpResponse:
    response["Upload-Offset"] = str(upload.offset)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def _number(request: Request, header: str, *, at_least: int = 0) -> int:
    text = request.headers.get(header, "")
    if not (
        text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER and int(text) >= at_least
    ):
        raise Malformed(_("%(header)s is missing or is no number.") % {"header": header})
    return int(text)


def _checksum(request: Request) -> bytes | None:
    text = request.headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _space, value = text.partition(" ")
    if algorithm != "sha256":
        raise Malformed(_("This server compares SHA-256 only."))
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise Malformed(_("The checksum is not base64.")) from error


def _not_allowed(methods: str) -> HttpResponse:
    response = _refused(_("This cannot be done here."), HTTPStatus.METHOD_NOT_ALLOWED)
    response["Allow"] = f"{methods}, OPTIONS"
    return response


def _refused(why: str, status: int) -> HttpResponse:
    return JsonResponse({"refused": why}, status=status)
