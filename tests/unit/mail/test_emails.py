"""What holds for every e-mail of the house, whoever sends it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.base import Template, VariableNode

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "templates" / "emails"
NAMES = sorted(path.name.removesuffix("_subject.txt") for path in FOLDER.glob("*_subject.txt"))
APPS = ("lpse", "registration", "procurement", "bidding", "operations")
# A subject is read on locked screens and by every server on the way: public things only.
IN_A_SUBJECT = {"office", "code", "title", "tender.code", "tender.title"}


def source(name: str) -> str:
    return (FOLDER / name).read_text()


def test_every_subject_has_its_text_and_every_text_its_subject() -> None:
    texts = {path.name for path in FOLDER.glob("*.txt")}

    assert texts == {f"{name}{end}" for name in NAMES for end in (".txt", "_subject.txt")}


def test_every_email_is_sent_by_somebody() -> None:
    code = "\n".join(
        path.read_text() for app in APPS for path in (ROOT / app).rglob("*.py") if path.is_file()
    )

    assert [name for name in NAMES if f'"{name}"' not in code] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_subject_names_nothing_personal(name: str) -> None:
    template: Template = engines["django"].from_string(source(f"{name}_subject.txt")).template
    shown = {
        node.filter_expression.token for node in template.nodelist.get_nodes_by_type(VariableNode)
    }
    inside = set(re.findall(r"{{ *([\w.]+) *}}", source(f"{name}_subject.txt")))
    bound = set(re.findall(r"\bwith ([^%]+)%}", source(f"{name}_subject.txt")))
    values = {pair.partition("=")[2] for one in bound for pair in one.split() if "=" in pair}

    assert shown | inside | values <= IN_A_SUBJECT


@pytest.mark.parametrize("name", NAMES)
def test_a_subject_and_a_text_can_be_translated(name: str) -> None:
    for part in (f"{name}_subject.txt", f"{name}.txt"):
        said = re.sub(
            r"{% *(blocktranslate|translate).*?(endblocktranslate *)?%}", "§", source(part)
        )

        assert "§" in said
