"""The ledger in public: static files for machines, one page for people. Nobody signs in for it."""

from __future__ import annotations

import hashlib
import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from lpse.files.storage import storage
from lpse.http import page
from lpse.ledger import log, note, proof, timestamp, witness
from lpse.ledger.models import Log
from lpse.ledger.tiles import ENTRIES, HEIGHT, WIDTH, Tile
from lpse.sealing import office_key

TILE = re.compile(
    r"(?P<level>0|[1-9][0-9]?|entries)/(?P<groups>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?\Z"
)
A_FEW_SECONDS = "public, max-age=5"
FOR_EVER = "public, max-age=31536000, immutable"


@login_not_required
@page
def ledger(request: HttpRequest) -> HttpResponse:
    """What the ledger is, how it stands, and what nobody else has confirmed about it."""
    current = log.current()
    publication = log.last_publication(current) if current else None
    return render(
        request,
        "ledger/ledger.html",
        {
            "log": current,
            "older": Log.objects.exclude(pk=current.pk) if current else (),
            "publication": publication,
            "checkpoint": publication.checkpoint if publication else None,
            "root": bytes(publication.checkpoint.root).hex() if publication else "",
            "verifier_key": note.verifier_key(current.origin) if current else "",
            "key_fingerprint": hashlib.sha256(office_key.public_key()).hexdigest(),
            "interval": settings.LEDGER_INTERVAL_SECONDS,
            "has_witness": witness.is_configured(),
            "timestamp": timestamp.latest(current) if current else None,
            "stopped_because": log.discontinuity(),
        },
    )


@login_not_required
@page
def ledger_checkpoint(_request: HttpRequest, number: int = 1) -> HttpResponse:
    published = log.published_note(_log(number).prefix)
    if published is None:
        raise Http404
    return _static(published.encode(), "text/plain; charset=utf-8", A_FEW_SECONDS)


@login_not_required
@page
def ledger_tile(_request: HttpRequest, tile: str, number: int = 1) -> HttpResponse:
    """A tile or bundle, once it is under a published checkpoint and so can never change."""
    current, wanted = _log(number), _tile(tile)
    publication = log.last_publication(current)
    height = 0 if wanted.level == ENTRIES else HEIGHT * int(wanted.level)
    end = (wanted.index * WIDTH + wanted.width) << height
    if publication is None or end > publication.checkpoint.size:
        raise Http404
    try:
        content = storage().read(f"{current.prefix}/{wanted.path}")
    except FileNotFoundError as error:
        raise Http404 from error
    return _static(content, "application/octet-stream", FOR_EVER)


@login_not_required
@page
def ledger_proof(_request: HttpRequest, log_entry: str) -> HttpResponse:
    """The proof for whoever holds a receipt, asked for by the commitment that it contains."""
    text = proof.tlog_proof_of(bytes.fromhex(log_entry))
    if text is None:
        raise Http404
    response = _static(text.encode(), "text/plain; charset=utf-8", A_FEW_SECONDS)
    response["Content-Disposition"] = f'attachment; filename="{log_entry[:16]}.tlog-proof"'
    return response


def _log(number: int) -> Log:
    return get_object_or_404(Log, number=number)


def _tile(text: str) -> Tile:
    found = TILE.match(text)
    if not found:
        raise Http404
    level = ENTRIES if found["level"] == ENTRIES else int(found["level"])
    wanted = Tile(
        level, int(found["groups"].replace("x", "").replace("/", "")), int(found["width"] or WIDTH)
    )
    if wanted.path != f"tile/{text}":
        raise Http404  # another spelling of a place has no file
    return wanted


def _static(content: bytes, content_type: str, caching: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = caching
    response["Access-Control-Allow-Origin"] = "*"  # anybody's monitor may read it in a browser
    return response
