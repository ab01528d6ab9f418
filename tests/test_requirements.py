"""What is installed is named by version and digest, and never by the address it came from."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PINNED = re.compile(r"^(?P<name>[\w.-]+(?:\[[\w,-]+\])?)==(?P<version>[\w.+!-]+)", re.MULTILINE)
EXACT = re.compile(r"^\d+\.\d+\.\d+$|^\$@?[\w/-]+$")


# Brings up all that a process of the application imports, where the modules named as arguments
# are not there: by the name of each installed application, and what is imported only on use.
STARTED_ALONE = """
import importlib, sys
for module in sys.argv[1:]:
    sys.modules[module] = None
import django
django.setup()
from django.conf import settings
from django.core.cache import caches
from lpse.conf.celery import app
app.loader.import_default_modules()
app.connection_for_write().transport
caches["default"]._cache
for module in (settings.ROOT_URLCONF, "lpse.conf.wsgi", "granian.cli", "celery.bin.celery",
               "storages.backends.s3", "weasyprint", "pyhanko.sign.signers"):
    importlib.import_module(module)
"""


def pinned(name: str) -> dict[str, str]:
    return dict(PINNED.findall((ROOT / "requirements" / f"{name}.txt").read_text()))


def normal(name: str) -> str:
    """A name as packages are compared, without its extras."""
    return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()


@pytest.mark.parametrize("name", ["uv", "app", "dev"])
def test_every_python_requirement_is_pinned_with_its_digest(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    entries = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n?", "", text, flags=re.MULTILINE).strip())

    assert [entry for entry in entries if not PINNED.match(entry)] == []
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_tests_run_on_what_the_application_runs_on() -> None:
    tested = pinned("dev")

    assert {name: tested.get(name) for name in pinned("app")} == pinned("app")


def test_the_application_runs_without_what_only_the_tests_bring() -> None:
    """A package of ours that forgets to ask for what it imports finds it only among the tools."""
    app = {normal(name) for name in pinned("app")}
    only_dev = {normal(name) for name in pinned("dev")} - app
    hidden = [
        module
        for module, owners in packages_distributions().items()
        if {normal(owner) for owner in owners} <= only_dev
    ]

    done = subprocess.run(
        [sys.executable, "-c", STARTED_ALONE, *hidden],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "pytest" in hidden
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["uv.txt", "app.txt", "dev.txt"])
def test_no_requirement_names_an_address(name: str) -> None:
    assert "://" not in (ROOT / "requirements" / name).read_text()


def test_every_browser_package_is_pinned_with_its_digest_and_without_its_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {path: entry for path, entry in lock["packages"].items() if path}

    assert [path for path, entry in packages.items() if "resolved" in entry] == []
    assert [path for path, entry in packages.items() if "integrity" not in entry] == []


def test_every_browser_package_is_wanted_in_one_exact_version() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    wanted = {
        f"{kind} {name}": version
        for kind in ("dependencies", "devDependencies", "overrides")
        for name, version in package[kind].items()
    }

    assert {name: v for name, v in wanted.items() if not EXACT.match(v)} == {}


def test_the_browser_gets_one_copy_of_each_cryptographic_package() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    nested = [path for path in lock["packages"] if "/node_modules/@noble/" in path]

    assert nested == []
