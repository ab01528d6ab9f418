"""Documents people file: a template under ``templates/pdf`` becomes the bytes of a PDF."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher

STYLE = "templates/pdf/document.css"

# WeasyPrint and fontTools tell how they subset each font; nobody waits for that.
logging.getLogger("fontTools").setLevel(logging.ERROR)
logging.getLogger("weasyprint").setLevel(logging.ERROR)


def render(template_name: str, context: Mapping[str, Any], language: str) -> bytes:
    """``template_name`` in ``language`` as a PDF.

    A document holds what it shows and fetches nothing. The adversary is a name or a text that
    becomes an address.
    """
    with translation.override(language):
        html = render_to_string(template_name, {"office_name": settings.LPSE_NAME, **context})
    nothing = URLFetcher(allowed_protocols=["data"])  # type: ignore[no-untyped-call]
    document = HTML(string=html, url_fetcher=nothing)  # type: ignore[no-untyped-call]
    pdf: bytes = document.write_pdf(stylesheets=[_style()])  # type: ignore[no-untyped-call]
    return pdf


@cache
def _style() -> CSS:
    return CSS(filename=str(Path(settings.BASE_DIR) / STYLE))  # type: ignore[no-untyped-call]
