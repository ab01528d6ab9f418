"""The house rules that no linter knows. Each failure names the file and the rule."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parent.parent
APPS = ["lpse", "registration", "procurement", "bidding", "operations"]
SOURCES = [p for app in APPS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts]
TREES = {path: ast.parse(path.read_text()) for path in SOURCES}
TEMPLATES = sorted(p for p in (ROOT / "templates").rglob("*") if p.is_file())
TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
]

NOT_IN_DOMAIN = ("django.http", "django.shortcuts", "django.contrib.messages", "django.template")
CRYPTO = ("cryptography", "pyrage", "pyhanko")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def views(resolver: URLResolver) -> Iterator[Any]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.callback
        else:
            yield from views(pattern)


def test_domain_code_knows_nothing_of_http() -> None:
    wrong = [
        name_of(path)
        for path, tree in TREES.items()
        if "domain" in path.parts and any(i.startswith(NOT_IN_DOMAIN) for i in imports(tree))
    ]

    assert wrong == []


def test_cryptography_is_imported_in_one_place() -> None:
    wrong = [
        name_of(path)
        for path, tree in TREES.items()
        if (ROOT / "lpse/sealing") not in path.parents
        and any(i.split(".")[0] in CRYPTO for i in imports(tree))
    ]

    assert wrong == []


def test_every_template_is_used() -> None:
    code = "".join(p.read_text() for p in [*SOURCES, *TEMPLATES])
    names = [str(p.relative_to(ROOT / "templates")) for p in TEMPLATES]
    # allauth, Django and ``notify`` find these by a name they build themselves.
    conventional = re.compile(
        r"^(\d{3}(_csrf)?\.html|account/|mfa/|emails/|forms/|components/|django/)"
    )

    unused = [
        name
        for name in names
        if not conventional.match(name)
        and f'"{name}"' not in code
        and f'"templates/{name}"' not in code
    ]

    assert unused == []


def test_every_view_of_ours_says_its_kind() -> None:
    ours = [v for v in views(get_resolver()) if v.__module__.split(".")[0] in APPS]

    assert [f"{v.__module__}.{v.__name__}" for v in ours if not hasattr(v, "kind")] == []


def test_only_the_workflow_writes_a_state() -> None:
    writers = [
        name_of(path)
        for path, tree in TREES.items()
        if path != ROOT / "lpse/workflow.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "state"
    ]

    assert writers == []


def test_templates_carry_no_inline_script_style_or_handler() -> None:
    inline = re.compile(
        r"<script(?![^>]*(\bsrc=|application/json))|<style\b|\sstyle=|\son(click|load|submit|change|input)=",
        re.IGNORECASE,
    )
    # Mail clients and the PDF renderer have no content security policy to offend.
    pages = [
        p
        for p in TEMPLATES
        if p.suffix == ".html" and p.parts[len(ROOT.parts) + 1] not in {"pdf", "emails"}
    ]

    assert [name_of(p) for p in pages if inline.search(p.read_text())] == []


def test_a_moment_and_a_person_stand_together() -> None:
    """Where a model says when and by whom, both are null or neither (a check or both required)."""
    wrong = []
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in APPS:
            continue
        fields = {f.name: f for f in model._meta.get_fields() if isinstance(f, models.Field)}
        for name, field in fields.items():
            partner = (
                fields.get(f"{name.removesuffix('_at')}_by") if name.endswith("_at") else None
            )
            if partner is not None and (field.null or partner.null):
                checks = "".join(str(c) for c in model._meta.constraints)
                if not (field.null and partner.null and name in checks):
                    wrong.append(f"{model.__name__}.{name}")

    assert wrong == []


def test_no_file_or_commit_speaks_of_a_workplace() -> None:
    forbidden = re.compile(
        "|".join(
            [
                "/work" + "/",
                r"\bsub" + "agent",
                "registry" + r"\.npmjs",
                r"files\.python" + "hosted",
                r"pypi\.org" + "/simple",
            ]
        ),
        re.IGNORECASE,
    )
    texts = [
        p
        for p in TRACKED
        if p.exists() and p.suffix not in {".png", ".pdf", ".woff2", ".age", ".jpg"}
    ]

    assert [name_of(p) for p in texts if forbidden.search(p.read_text(errors="replace"))] == []


@pytest.mark.parametrize(
    "word", ["TODO", "FIXME", "XXX", "raise NotImplementedError", "unittest.mock"]
)
def test_nothing_is_left_unfinished_or_faked(word: str) -> None:
    ours = [
        p for p in TRACKED if p.exists() and p.suffix in {".py", ".js", ".mjs", ".html", ".scss"}
    ]

    assert [
        name_of(p)
        for p in ours
        if p != Path(__file__) and re.search(rf"\b{word}\b", p.read_text())
    ] == []
