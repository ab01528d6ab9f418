"""The format's page names every refusal, and no refusal that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "sealed-envelope.md").read_text()
CODE = r"(?:format|key|browser|statement|manifest|share|envelope|ledger|box|receipt|content)"
# In these modules refuse("reason") adds the part itself.
PART = {
    "statement": "statement",
    "chain": "statement",
    "manifest": "manifest",
    "share": "share",
    "shares": "share",
    "receipt": "receipt",
    "checkpoint": "ledger",
    "openability": "envelope",
    "opening.js": "box",
    "archive": "content",
    "content": "content",
}


def refusals(path: Path) -> set[str]:
    source = path.read_text()
    found = set(re.findall(rf'"({CODE}:[a-z-]+)"', source))
    if part := PART.get(path.name, PART.get(path.stem)):
        found |= {f"{part}:{code}" for code in re.findall(r'refuse\(\s*"([a-z-]+)"', source)}
    return found


def raised() -> set[str]:
    modules = [
        *(ROOT / "static/js/sealing").glob("*.js"),
        *(ROOT / "static/js/workers").glob("*.js"),
        *(path for path in (ROOT / "lpse/sealing").glob("*.py") if path.stem != "reasons"),
    ]
    return set().union(*map(refusals, modules))


def test_every_refusal_is_documented():
    documented = set(re.findall(rf"`({CODE}:[a-z-]+)`", PAGE))

    # Codes that are built from the name of a field, and one that only sample code raises.
    built = {f"share:{f}" for f in ("tender", "envelope", "recipient", "ciphertext", "size")}
    built |= {f"share:{f}" for f in ("provider", "bidder", "member", "statement")}
    built |= {"content:tender", "content:envelope"}
    built |= {"content:provider", "content:bidder", "content:statement"}
    built |= {f"browser:{part}" for part in ("secure", "storage", "worker", "unicode")}
    assert raised() - documented == {"key:sealed"}
    assert documented - raised() - built == set()


def test_every_vector_is_listed():
    vectors = {path.name for path in (ROOT / "tests/vectors").glob("sealing_*.json")}

    assert set(re.findall(r"sealing_\w+\.json", PAGE)) == vectors
