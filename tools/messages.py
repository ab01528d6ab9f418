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

# What Django itself says on our pages where its Indonesian is wrong or stiff: the project's
# catalogue outranks Django's. Each is written as Django writes it.
BORROWED: list[str | tuple[str, ...]] = [
    "This field is required.",
    "Enter a number.",
    "Enter a whole number.",
    "Enter a valid date.",
    "Enter a valid date/time.",
    "Enter a valid email address.",
    "No file was submitted.",
    "No file was submitted. Check the encoding type on the form.",
    "The submitted file is empty.",
    "Please either submit a file or check the clear checkbox, not both.",
    "Select a valid choice. That choice is not one of the available choices.",
    "Select a valid choice. %(value)s is not one of the available choices.",
    "%(model_name)s with this %(field_label)s already exists.",
    "%(model_name)s with this %(field_labels)s already exists.",
    "Ensure this value is greater than or equal to %(limit_value)s.",
    "Ensure this value is less than or equal to %(limit_value)s.",
    (
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    ),
    (
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
    (
        "Ensure that there are no more than %(max)s digit in total.",
        "Ensure that there are no more than %(max)s digits in total.",
    ),
    (
        "Ensure that there are no more than %(max)s decimal place.",
        "Ensure that there are no more than %(max)s decimal places.",
    ),
    (
        "Ensure that there are no more than %(max)s digit before the decimal point.",
        "Ensure that there are no more than %(max)s digits before the decimal point.",
    ),
    (
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    (
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ),
    "The password is too similar to the %(verbose_name)s.",
    "Your password can’t be too similar to your other personal information.",
    "Your password can’t be a commonly used password.",
    "This password is too common.",
    "You must type the same password each time.",
]

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
            method,
            io.BytesIO(source),
            keywords=keywords,
            comment_tags=COMMENTS,
            options={"parse_template_string": True},  # of scripts: `${t("…")}`
        ):
            catalogue.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    if domain == "django":
        for message in BORROWED:
            catalogue.add(message, locations=[(_name(Path(__file__).resolve()), 0)])
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
    string = message.string or ""
    texts = [string] if isinstance(string, str) else list(string)
    return all(texts) and all(_holes(text) == _holes(singular) for text in texts)


def _holes(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|%[sd%]|\{\w+\}", text))


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
