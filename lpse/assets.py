"""What the build left in ``static/dist``: bundles with their digests, and the scripts' words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

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
    manifest = Path(settings.BASE_DIR) / "static" / "dist" / "manifest.json"
    try:
        entry = _read(manifest, manifest.stat().st_mtime_ns)[name]
    except (FileNotFoundError, KeyError) as error:
        raise ImproperlyConfigured(f"{name} is not built: run `make build`") from error
    return Asset(entry["file"], entry["integrity"], entry["sha256"])


@lru_cache(maxsize=2)
def _read(manifest: Path, _changed_at: int) -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = json.loads(manifest.read_text())
    return entries


@lru_cache(maxsize=4)
def messages(language: str) -> dict[str, str]:
    """English message → the message in ``language``; empty where English is the language."""
    catalogue = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "djangojs.mo"
    if not catalogue.exists():
        return {}
    with catalogue.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_mo(file) if m.id and m.string}
