from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from lpse import assets


def test_what_is_not_built_is_named_with_its_cure() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"pages/never\.js is not built"):
        assets.find("pages/never.js")


@pytest.mark.parametrize("name", ["main.css", "pages/app.js"])
def test_the_manifest_tells_the_digests_of_the_bytes_that_are_served(
    settings: Settings, name: str
) -> None:
    asset = assets.find(name)
    served = (settings.BASE_DIR / "static" / asset.path).read_bytes()

    assert asset.sha256 == hashlib.sha256(served).hexdigest()
    assert asset.integrity == f"sha384-{b64encode(hashlib.sha384(served).digest()).decode()}"


def test_the_style_sheet_asks_for_nothing_the_policy_refuses(settings: Settings) -> None:
    css = (settings.BASE_DIR / "static" / assets.find("main.css").path).read_text()

    assert "url(" not in css
    assert "@import" not in css


def test_scripts_get_the_translated_messages_only(settings: Settings, tmp_path: Path) -> None:
    catalogue = Catalog(locale="id")
    catalogue.add("Copied", "Tersalin")
    catalogue.add("Not yet translated", "")
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "djangojs.mo").open("wb") as file:
        write_mo(file, catalogue)
    settings.LOCALE_PATHS = [tmp_path]

    assert assets.messages("xx") == {"Copied": "Tersalin"}
    assert assets.messages("yy") == {}
