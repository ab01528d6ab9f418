"""What one language seals, the other opens; both run for real."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pyrage
import pytest

from lpse.sealing import chain, manifest, member_key, opening, shares
from lpse.sealing.archive import Archive
from lpse.sealing.digests import from_base64, sha256, to_base64
from tests.unit.sealing.people import committee, seal

ROOT = Path(__file__).resolve().parents[3]
PASSPHRASE = "kapal layar angin timur bintang pagi nelayan"


def in_javascript(verb: str, folder: Path, task: dict[str, Any]) -> dict[str, Any]:
    node = ROOT / ".venv" / "bin" / "node"
    done = subprocess.run(
        [node, "tests/js/interop.mjs", verb, folder],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env={**os.environ, "NODE_OPTIONS": ""},
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize(("names", "k"), [(["joko"], 1), (["budi", "dewi", "rina"], 2)])
def test_python_opens_what_javascript_sealed(tmp_path: Path, names: list[str], k: int):
    files = [
        {"name": "Surat penawaran.pdf", "size": 200_000},
        {"name": "RAB – harga.pdf", "size": 3},
    ]
    task = {"names": names, "k": k, "files": files, "passphrase": PASSPHRASE}
    sealed = in_javascript("seal", tmp_path, task)

    verified = chain.verify(sealed["versions"], tender="3740901")
    text = json.dumps(sealed["manifest"], sort_keys=True, separators=(",", ":")).encode()
    body = manifest.verify(
        text,
        sealed["signature"],
        chain=verified,
        bidder=sealed["manifest"]["bidder"],
        provider="maju",
    )
    key = member_key.unwrap(from_base64(sealed["wrapped"]), PASSPHRASE)
    identities = {key["member"]: key["identity"] for key in sealed["keys"]}
    plains = {
        share["member"]: pyrage.decrypt(
            from_base64(share["sealed"]),
            [pyrage.x25519.Identity.from_str(identities[share["member"]])],
        )
        for share in sealed["shares"]
    }
    combined = shares.combine(plains, manifest=body, statements=verified.by_digest)
    target = tmp_path / "opened.zip"
    opening.decrypt(tmp_path / "bid.age", target, manifest=body, identity=combined.identity or "")

    assert key["member"] == names[0]
    assert combined.identity == sealed["recovery"]["identity"]
    assert sha256(target.read_bytes()) == sealed["zip"]["sha256"]
    with Archive(target, manifest=body) as opened:
        assert [(file.name, file.size, file.verdict) for file in opened.files()] == [
            ("Surat penawaran.pdf", 200_000, "ok"),
            ("RAB – harga.pdf", 3, "ok"),
        ]
        assert opened.content["total"] == "16650000.00"


@pytest.mark.parametrize(("names", "k"), [(["joko"], 1), (["eko", "fitri", "hana"], 2)])
def test_javascript_opens_what_python_sealed(tmp_path: Path, names: list[str], k: int):
    people = committee(*names, k=k)
    verified = people.chain()
    data = os.urandom(150_000)
    bid, ciphertext = seal(tmp_path, verified, files={"Metode.pdf": data, "RAB – harga.pdf": b"x"})
    ciphertext.rename(tmp_path / "bid.age")

    opened = in_javascript(
        "open",
        tmp_path,
        {
            "manifest": bid.manifest,
            "signature": bid.signature,
            "versions": [people.signed(verified.latest)],
            "shares": [
                {"member": share.member, "sealed": to_base64(share.sealed)} for share in bid.shares
            ],
            "keys": people.keys,
            "wrapped": to_base64(member_key.wrap(people.keys[0], PASSPHRASE)),
            "passphrase": f"  {PASSPHRASE.upper()} ",
        },
    )

    assert opened["unwrapped"] == people.keys[0]["member"]
    assert opened["digest"] == manifest.digest(bid.manifest)
    assert opened["identity"] == bid.recovery["identity"]
    assert opened["zip"]["sha256"] == sha256((tmp_path / "opened.zip").read_bytes())
    with zipfile.ZipFile(tmp_path / "opened.zip") as packed:
        assert packed.read("files/Metode.pdf") == data
