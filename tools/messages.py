"""The words of the screens: found in the sources, kept in catalogues, compiled with Babel.

    .venv/bin/python tools/messages.py update    find all messages, renew the .po files of locale
    .venv/bin/python tools/messages.py missing   name what has no translation; fails if any has
    .venv/bin/python tools/messages.py compile   make the .mo files the server reads

English is the message itself, so only Indonesian has catalogues. Nothing here needs gettext on
the system, which is why Django's ``makemessages`` is not used.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import django
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["id"]
APPS = ["lpse", "registration", "procurement", "bidding", "operations"]
COMMENTS = ("Translators:",)
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}

Find = Callable[[], Iterator[tuple[str, str, bytes]]]


def python_and_templates() -> Iterator[tuple[str, str, bytes]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield _name(path), "python", path.read_bytes()
    for path in sorted((ROOT / "templates").rglob("*.*")):
        # What templatize leaves of the markup is indented as no Python is.
        calls = templatize(path.read_text(), origin=_name(path)).splitlines()
        yield _name(path), "python", "\n".join(line.strip() for line in calls).encode()


def scripts() -> Iterator[tuple[str, str, bytes]]:
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        yield _name(path), "javascript", path.read_bytes()


DOMAINS: dict[str, Find] = {"django": python_and_templates, "djangojs": scripts}


def found(domain: str) -> Catalog:
    """Every message the sources of ``domain`` speak now."""
    catalogue = Catalog(project="LPSE", charset="utf-8")
    keywords = {"t": None} if domain == "djangojs" else KEYWORDS
    for name, method, source in DOMAINS[domain]():
        for _line, message, comments, context in extract(
            method, io.BytesIO(source), keywords=keywords, comment_tags=COMMENTS
        ):
            catalogue.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalogue


def kept(language: str, domain: str) -> Catalog:
    """The catalogue in the tree, or an empty one."""
    path = _po(language, domain)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def _empty(language: str) -> Catalog:
    catalogue = Catalog(
        locale=language,
        header_comment="# The words of the LPSE's screens.",
        project="LPSE",
        version="1",
        last_translator="LPSE",
        language_team=language,
        msgid_bugs_address="-",
        charset="utf-8",
        fuzzy=False,
    )
    # Babel knows no plural rule for Indonesian: one form serves every number.
    catalogue.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    return catalogue


def update() -> int:
    for language in LANGUAGES:
        for domain in DOMAINS:
            catalogue = kept(language, domain)
            since = catalogue.creation_date
            catalogue.update(found(domain), no_fuzzy_matching=True)
            # What is not said any more is forgotten; a date would change the file every day.
            catalogue.obsolete.clear()
            catalogue.creation_date = since
            path = _po(language, domain)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, catalogue, width=99, sort_output=True, include_lineno=False)
            print(f"{_name(path)}: {len(catalogue)} messages")
    return 0


def missing() -> int:
    lines = [
        f"{language}/{domain}: {message.id!r}"
        for language in LANGUAGES
        for domain in DOMAINS
        for message in _untranslated(kept(language, domain), found(domain))
    ]
    print("\n".join(lines) or "Every message is translated.")
    return 1 if lines else 0


def compile_all() -> int:
    for language in LANGUAGES:
        for domain in DOMAINS:
            path = _po(language, domain).with_suffix(".mo")
            with path.open("wb") as file:
                write_mo(file, kept(language, domain))
    return 0


def _untranslated(catalogue: Catalog, sources: Catalog) -> Iterator[Message]:
    for message in sources:
        if not message.id:
            continue
        translated = catalogue.get(message.id, message.context)
        if translated is None or translated.fuzzy or not _whole(translated):
            yield message


def _whole(message: Message) -> bool:
    """Whether there is a text for every form, and each keeps the placeholders of the English."""
    singular = message.id if isinstance(message.id, str) else message.id[1]
    texts = [message.string] if isinstance(message.string, str) else list(message.string)
    return all(texts) and all(_holes(text) == _holes(singular) for text in texts)


def _holes(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text))


def _po(language: str, domain: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.po"


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


COMMANDS = {"update": update, "missing": missing, "compile": compile_all}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:  # noqa: PLR2004 - itself and the verb
        sys.exit(__doc__)
    settings.configure()  # templatize asks for nothing but that there are settings
    django.setup()
    sys.exit(COMMANDS[sys.argv[1]]())
