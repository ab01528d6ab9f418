"""The words of the screens: every one in Indonesian, and none that no catalogue knows."""

from __future__ import annotations

import gettext
import importlib.util
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType

import allauth
import django
import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[3]
LIBRARIES = [
    Path(django.__file__).parent / "conf",
    Path(django.__file__).parent / "contrib" / "auth",
    Path(allauth.__file__).parent,
]
MARKUP = re.compile(
    r"{#.*?#}"
    r"|{%\s*comment.*?endcomment\s*%}"
    r"|{%\s*blocktranslate\b.*?endblocktranslate\s*%}"
    r"|{%.*?%}|{{.*?}}"
    r"|<(script|style)\b.*?</\1>"
    r"|<[^>]*>"
    r"|&\w+;",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r"\b(?:title|alt|placeholder|aria-label|label|lead|caption)=\"([^\"{]+)\"")
SAME_IN_BOTH = {"HPS", "LPSE", "NIP", "NPWP", "SHA", "PDF", "JSON", "UTC", "PPN"}
A_WORD = re.compile(r"[A-Za-z]{3,}")
SAID_BY_SCRIPTS = re.compile(r"\bt\(\s*\"((?:[^\"\\]|\\.)*)\"")


def _tool() -> ModuleType:
    """``tools/messages.py``, which is a program and no package of ours."""
    found = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules.setdefault("messages", module)
    found.loader.exec_module(module)
    return module


tool = _tool()


@pytest.fixture(params=["django", "djangojs"])
def domain(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def indonesian(domain: str) -> Catalog:
    catalogue: Catalog = tool.kept("id", domain)
    return catalogue


def _said(catalogue: Catalog) -> Iterator[tuple[Message, str, str]]:
    """Every message as ``(message, the English with its holes, an Indonesian text)``."""
    for message in catalogue:
        if message.id:
            english = message.id if isinstance(message.id, str) else message.id[1]
            string = message.string or ""
            for text in [string] if isinstance(string, str) else string:
                yield message, english, text


def test_every_message_is_said_in_indonesian() -> None:
    assert tool.missing() == 0, "make the .po files whole: tools/messages.py update"


def test_no_translation_is_a_guess(indonesian: Catalog) -> None:
    assert not indonesian.fuzzy
    assert [message.id for message in indonesian if message.fuzzy] == []


def test_indonesian_has_one_form_for_every_number(indonesian: Catalog) -> None:
    assert indonesian.num_plurals == 1
    assert all(
        len(message.string or ()) == 1 for message in indonesian if isinstance(message.id, tuple)
    )


def test_translations_keep_placeholders_and_markup(indonesian: Catalog) -> None:
    for message, english, text in _said(indonesian):
        for part in (r"%\(\w+\)[sd]", r"%%|%[sd]", r"\{\w+\}", r"<[^>]+>"):
            kept, asked = (sorted(re.findall(part, words)) for words in (text, english))
            assert kept == asked, message.id


def test_translations_end_as_the_english_ends(indonesian: Catalog) -> None:
    for message, english, text in _said(indonesian):
        assert text == text.strip(), message.id
        assert (text[-1] in ".:?…") == (english[-1] in ".:?…"), message.id


def test_the_compiled_catalogue_loads(domain: str, indonesian: Catalog) -> None:
    file = BytesIO()
    write_mo(file, indonesian)
    file.seek(0)
    compiled = gettext.GNUTranslations(file)

    for message in indonesian:
        if message.id and isinstance(message.id, str) and not message.context:
            assert compiled.gettext(message.id) == message.string
    if domain == "django":
        assert compiled.ngettext("%(n)s tender", "%(n)s tenders", 1) == "%(n)s tender"


def test_scripts_say_nothing_that_their_catalogue_lacks() -> None:
    catalogue = tool.kept("id", "djangojs")
    said = {
        message
        for path in (ROOT / "static" / "js").rglob("*.js")
        for message in SAID_BY_SCRIPTS.findall(path.read_text())
    }

    assert said
    assert {message for message in said if catalogue.get(message) is None} == set()


def test_templates_say_nothing_that_is_not_marked() -> None:
    bare = {
        f"{path.relative_to(ROOT)}: {word}"
        for path in (ROOT / "templates").rglob("*.*")
        if path.suffix in {".html", ".txt"}
        for word in _bare(path.read_text())
    }

    assert bare == set()


def _bare(source: str) -> Iterator[str]:
    for words in (MARKUP.sub(" ", source), *ATTRIBUTE.findall(source)):
        yield from set(A_WORD.findall(words)) - SAME_IN_BOTH


def test_what_is_borrowed_is_what_the_libraries_say() -> None:
    theirs = []
    for library in LIBRARIES:
        with (library / "locale" / "id" / "LC_MESSAGES" / "django.po").open("rb") as file:
            theirs.append(read_po(file))

    for message in tool.BORROWED:
        assert any(catalogue.get(message) for catalogue in theirs), message
