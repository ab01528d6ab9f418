"""What the build left in ``static/dist``: bundles with their digests, and the scripts' words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import read_mo
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Asset:
    path: str  # below STATIC_URL
    integrity: str
    sha256: str


def find(name: str) -> Asset:
    """The built file of the source ``name``, for example ``pages/seal.js``."""
    entry = _built(name)
    return Asset(entry["file"], entry["integrity"], entry["sha256"])


def bundle_digest() -> str:
    """The digest over every script that can touch a key, a bid or a share."""
    digest: str = _built("bundle_digest")
    return digest


def _built(name: str) -> Any:
    manifest = Path(settings.BASE_DIR) / "static" / "dist" / "manifest.json"
    try:
        return _read(manifest, manifest.stat().st_mtime_ns)[name]
    except (FileNotFoundError, KeyError) as error:
        raise ImproperlyConfigured(f"{name} is not built: run `make build`") from error


@lru_cache(maxsize=2)
def _read(manifest: Path, _changed_at: int) -> dict[str, Any]:
    entries: dict[str, Any] = json.loads(manifest.read_text())
    return entries


@lru_cache(maxsize=4)
def messages(language: str) -> dict[str, str]:
    """English message → the message in ``language``; empty where English is the language."""
    catalogue = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "djangojs.mo"
    if not catalogue.exists():
        return {}
    with catalogue.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_mo(file) if m.id and m.string}
