"""The known answers that JavaScript is held to as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "vectors"


def load(name: str) -> Any:
    return json.loads((FOLDER / f"sealing_{name}.json").read_text())
