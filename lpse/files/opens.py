"""Whether a file that looks like a PDF or a picture opens as one, and does nothing of its own.

The adversary uploads a copy of a deed that runs something in the verifier's viewer, or that only
he can read. A file that a usual program cannot open is no proof of anything either.
"""

from __future__ import annotations

import warnings
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageFile

from lpse.errors import Refused
from lpse.files.models import FileKind
from lpse.sealing.pdf_reader import PdfReader, UnreadableError

MOST_PAGES = 500
MOST_PIXELS = 50_000_000  # a page in A4 at 600 dpi has 35 million; each takes 4 bytes

_PROGRAM = gettext_lazy("The PDF contains a program (JavaScript). Print it to a new PDF.")
_ACTION = gettext_lazy("The PDF starts something when it is opened. Print it to a new PDF.")
_INSIDE = gettext_lazy("The PDF carries other files inside it. Upload each by itself.")
_FORM = gettext_lazy("The PDF contains a form that is a program (XFA). Print it to a new PDF.")

KEYS: dict[str, str | Promise] = {
    "/JS": _PROGRAM,
    "/JavaScript": _PROGRAM,
    "/EmbeddedFiles": _INSIDE,
    "/EF": _INSIDE,
    "/RichMediaContent": _INSIDE,
    "/XFA": _FORM,
}
NAMES: dict[str, str | Promise] = {
    "/JavaScript": _PROGRAM,
    "/Launch": _ACTION,
    "/SubmitForm": _ACTION,
    "/ImportData": _ACTION,
    "/GoToE": _ACTION,
    "/GoToR": _ACTION,
    "/EmbeddedFile": _INSIDE,
    "/RichMedia": _INSIDE,
}
# A link to be clicked is no harm; the same as the document is opened calls somebody.
STARTED = frozenset({"/Movie", "/Rendition", "/Sound", "/Thread", "/URI"})


def check(path: Path, kind: FileKind) -> None:
    """Refuse what does not open, or would do something when it does."""
    if kind == FileKind.PDF:
        _check_pdf(path)
    elif kind in {FileKind.JPEG, FileKind.PNG}:
        _check_picture(path, kind)


def _check_pdf(path: Path) -> None:
    try:
        with path.open("rb") as file:
            reader = PdfReader(file)
            if reader.is_encrypted:
                raise Refused(
                    _("The PDF is locked with a password. Save it without one and try again.")
                )
            for key, name in reader.entries():
                if reason := KEYS.get(key) or NAMES.get(name):
                    raise Refused(reason)
            if not STARTED.isdisjoint(reader.started()):
                raise Refused(_ACTION)
            pages = reader.page_count(MOST_PAGES)
    except UnreadableError as error:
        raise Refused(
            _("The PDF does not open; it may be damaged or cut off. Save or scan it again.")
        ) from error
    if not 1 <= pages <= MOST_PAGES:
        raise Refused(_("The PDF has no page, or more than %(most)d.") % {"most": MOST_PAGES})


def _check_picture(path: Path, kind: FileKind) -> None:
    """Decoded to the last pixel: a picture that was cut off shows only then."""
    # WeasyPrint has Pillow forgive that, for the whole process; it renders no such pictures here.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=[kind.upper()]) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    raise Refused(_("The picture has too many pixels. Make it smaller."))
                picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refused(
            _("The picture does not open; it may be damaged or cut off. Take it again.")
        ) from error
