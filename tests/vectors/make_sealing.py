"""Make the vectors of the sealed envelope anew; only when the format itself changes.

    DJANGO_SETTINGS_MODULE=lpse.conf.settings_test python -m tests.vectors.make_sealing

Keys in them are random and were made for this purpose. JavaScript's own sealed bid is made by
`tests/js/interop.mjs`.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from lpse.ledger import tree
from lpse.sealing import (
    age_header,
    content,
    jcs,
    manifest,
    member_key,
    padding,
    shamir,
    sign,
    statement,
)
from lpse.sealing.digests import from_base64, to_base64
from tests.unit.sealing.people import TERMS, committee, seal

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PASSPHRASE = "kapal layar angin timur bintang pagi nelayan"

CANONICAL: list[Any] = [
    None,
    True,
    [],
    {},
    0,
    -1,
    9007199254740991,
    "",
    "Rp 1.250.000,00",
    'quote " backslash \\ slash /',
    "\b\t\n\f\r\u0001\u001f\u007f",
    "é e\u0301 € 𝄞 \u2028 \ufeff",
    {"b": 1, "a": [1, {"d": None, "c": False}]},
    # UTF-16 code units put U+1D11E (D834 …) before U+FB01; code points would not.
    {"\ufb01": 1, "𝄞": 2, "": 3, "é": 4, "a": 5, "A": 6},
]
NOT_CANONICAL = [
    "1.0",
    "1e3",
    "-0",
    "01",
    "9007199254740992",
    "NaN",
    "Infinity",
    '{"a":1,"a":2}',
    '{"b":1,"a":2}',
    '{"a": 1}',
    "[1,]",
    '"\\u0041"',
    '"\\/"',
    '"\\ud834"',
    "'a'",
    "",
    "[1]\n",
    "\ufeff[]",
]


def main() -> None:
    write("jcs", jcs_vectors())
    write("padding", padding_vectors())
    write("passphrase", passphrase_vectors())
    write("merkle", merkle_vectors())
    write("note", note_vectors())
    write("shamir", shamir_vectors())
    people = committee("budi", "dewi", "rina", k=2)
    write("statement", statement_vectors(people))
    write("receipt", receipt_vectors())
    write("zip", zip_vectors())
    with tempfile.TemporaryDirectory() as folder:
        write("sealed_by_python", sealed_by_python(people, Path(folder)))
        write("sealed_by_javascript", sealed_by_javascript(Path(folder)))


def write(name: str, vectors: Any) -> None:
    text = json.dumps(vectors, indent=1, ensure_ascii=True)
    (HERE / f"sealing_{name}.json").write_text(text + "\n")


def jcs_vectors() -> dict[str, Any]:
    return {
        "canonical": [
            {"value": value, "text": jcs.canonical(value).decode(), "sha256": jcs.digest(value)}
            for value in CANONICAL
        ],
        "refused": NOT_CANONICAL,
    }


def padding_vectors() -> list[dict[str, int]]:
    edges = [1, 2, 3, 8, 9, 10, 1000, 65_535, 65_536, 65_537, 67_584, 67_585, 1_000_000]
    sizes = [*edges, 10**7 + 1, 2**30, 2**30 + 1, 2**32 - 1, 2**32 + 1, 10**12]
    return [
        {
            "size": size,
            "padme": padding.padme(size),
            "padded": padding.padded(size),
            "sealed": age_header.sealed_size(size),
        }
        for size in sizes
    ]


def passphrase_vectors() -> dict[str, Any]:
    words = member_key.words()
    text = "\n".join(words) + "\n"
    return {
        "count": len(words),
        "first": words[0],
        "last": words[-1],
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "tidy": [
            ["  Kapal LAYAR  angin ", "kapal layar angin"],
            ["kapal-layar.angin\n", "kapal layar angin"],
            ["1. kapal 2. layar", "kapal layar"],
        ],
    }


def merkle_vectors() -> dict[str, Any]:
    """The eight entries that Certificate Transparency has always been tested with."""
    entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    entries.append("606162636465666768696a6b6c6d6e6f")
    leaves = [tree.leaf_hash(bytes.fromhex(entry)) for entry in entries]
    node, sizes = tree.nodes_of(leaves), range(1, len(leaves) + 1)
    return {
        "entries": entries,
        "roots": [tree.root_of(leaves[:size]).hex() for size in range(len(leaves) + 1)],
        "inclusion": [
            {"index": i, "size": n, "path": [h.hex() for h in tree.inclusion(node, i, n)]}
            for n in sizes
            for i in range(n)
        ],
        "consistency": [
            {"old": m, "new": n, "path": [h.hex() for h in tree.consistency(node, m, n)]}
            for n in sizes
            for m in range(1, n + 1)
        ],
    }


def note_vectors() -> dict[str, Any]:
    """A checkpoint over the eight entries, and the proof of the third, by a fixed key."""
    seed = bytes(range(32))
    key, origin = sign.public_key(seed), "lpse.contoh.example/ledger"
    merkle = merkle_vectors()
    size, index = 8, 2
    root = base64.b64encode(bytes.fromhex(merkle["roots"][size])).decode()
    text = f"{origin}\n{size}\n{root}\n"
    key_id = hashlib.sha256(origin.encode() + b"\n\x01" + from_base64(key)).digest()[:4]
    signature = to_base64(key_id + from_base64(sign.sign_bytes(seed, text.encode())))
    note = f"{text}\n— {origin} {signature}\n"
    [path] = [
        vector["path"]
        for vector in merkle["inclusion"]
        if (vector["index"], vector["size"]) == (index, size)
    ]
    lines = [base64.b64encode(bytes.fromhex(sibling)).decode() for sibling in path]
    proof = "\n".join(["c2sp.org/tlog-proof@v1", f"index {index}", *lines]) + f"\n\n{note}"
    return {
        "seed": to_base64(seed),
        "key": key,
        "key_id": key_id.hex(),
        "origin": origin,
        "size": size,
        "root": merkle["roots"][size],
        "note": note,
        "index": index,
        "entry": merkle["entries"][index],
        "proof": proof,
        # The example of the Go module that the format of signed notes comes from.
        "published": {
            "name": "PeterNeumann",
            "key": "GlzZBxQ8OExB6DDFvOEqqIF+xWSaqr8sMTiLNbLXRNY=",
            "note": "If you think cryptography is the answer to your problem,\n"
            "then you don't know what your problem is.\n\n"
            "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfq"
            "dngotpRZb6KE6RyyBwJnAM=\n",
        },
    }


def shamir_vectors() -> list[dict[str, Any]]:
    secret = b"AGE-SECRET-KEY-1" + b"Q" * 58
    return [
        {
            "secret": secret.decode(),
            "k": k,
            "parts": [to_base64(part) for part in shamir.split(secret, n, k)],
        }
        for k, n in [(1, 1), (2, 2), (2, 3), (3, 5), (4, 7)]
    ]


def statement_vectors(people: Any) -> dict[str, Any]:
    first = people.statement()
    second = people.statement(
        version=2,
        previous=statement.digest(first),
        deadline="2010-08-12T07:00:00.000000Z",
        opening_at="2010-08-12T07:15:00.000000Z",
        content="d" * 64,
    )
    return {
        "keys": people.keys,
        "versions": [people.signed(first), people.signed(second)],
        "digests": [statement.digest(first), statement.digest(second)],
        "canonical": jcs.canonical(first).decode(),
    }


def receipt_vectors() -> dict[str, Any]:
    seed = bytes(range(32))
    salt = bytes(range(32, 64))
    body = {
        "format": "lpse-entry/1",
        "id": "018f4e6e-0000-7000-8000-000000000001",
        "event": "bid:submitted",
        "subject": ["bidding.Bid", "7"],
        "actor": "maju",
        "at": "2010-08-10T06:59:59.999999Z",
        "data": {"manifest": "e" * 64, "version": 1},
    }
    receipt = {
        "format": "lpse-receipt/1",
        "lpse": "lpse.contoh.example/ledger",
        "outcome": "accepted",
        "reason": None,
        "tender": "3740901",
        "envelope": "single",
        "provider": "maju",
        "bidder": sign.public_key(bytes(32)),
        "manifest": "e" * 64,
        "ciphertext": {"sha256": "f" * 64, "size": 65_736},
        "version": 1,
        "at": "2010-08-10T06:59:59.999999Z",
        "deadline": "2010-08-10T07:00:00.000000Z",
        "statement": "a" * 64,
        "entry": {"salt": to_base64(salt), "body": body},
        "log": {
            "origin": "lpse.contoh.example/ledger",
            "promise": "2010-08-10T07:00:59.999999Z",
        },
    }
    file = {
        "receipt": receipt,
        "signature": sign.sign_object(seed, receipt),
        "key": sign.public_key(seed),
    }
    entry = hashlib.sha256(salt + jcs.canonical(body)).hexdigest()
    return {"file": file, "log_entry": entry}


def zip_vectors() -> dict[str, Any]:
    """Contents of an envelope, too short to be padded, and what is said of each as a whole."""
    named = {
        "tender": "3740901",
        "envelope": "single",
        "provider": "maju",
        "bidder": sign.public_key(bytes(32)),
        "statement": "a" * 64,
    }
    files = [{"name": "a.pdf", "kind": "technical", "size": 3}]
    form = jcs.canonical({**TERMS, **named, "format": content.FORMAT, "files": files})
    entries = [("bid.json", form), ("files/a.pdf", b"abc"), ("padding", bytes(16))]
    good = stored(entries)
    table, end = good.index(b"PK\1\2"), good.index(b"PK\5\6")
    hidden = b"another offer"
    moved = bytearray(good[end:])
    struct.pack_into("<L", moved, 16, table + len(hidden))
    before_the_table = good[:table] + hidden + good[table:end] + moved
    beside = zipfile.ZipInfo("bid.json", (1980, 1, 1, 0, 0, 0))
    beside.extra = struct.pack("<HH", 0x4242, len(hidden)) + hidden
    commented = bytearray(good)
    struct.pack_into("<H", commented, len(good) - 2, len(hidden))
    cases = [
        ("as it should be", good, None),
        ("bytes before the directory", before_the_table, "content:gap"),
        ("a comment behind the end record", bytes(commented) + hidden, "content:gap"),
        ("an extra field", stored([(beside, form), *entries[1:]]), "content:gap"),
        ("another name before the data", good.replace(b"a.pdfabc", b"b.pdfabc"), "content:gap"),
        ("bytes before the first entry", hidden + good, "content:zip"),
        ("no padding", stored(entries[:-1]), "content:zip"),
        (
            "padding that says something",
            stored([*entries[:-1], ("padding", hidden)]),
            "content:padding",
        ),
        (
            "a file outside files/",
            stored([entries[0], ("a.pdf", b"abc"), entries[2]]),
            "content:name",
        ),
    ]
    return {
        "manifest": named,
        "zips": [
            {"what": what, "zip": to_base64(data), "refused": code} for what, data, code in cases
        ],
    }


def stored(entries: list[tuple[Any, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as made:
        for name, data in entries:
            is_info = isinstance(name, zipfile.ZipInfo)
            made.writestr(name if is_info else zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return target.getvalue()


def sealed_by_python(people: Any, folder: Path) -> dict[str, Any]:
    chain = people.chain()
    bid, ciphertext = seal(folder, chain, files={"Surat penawaran.pdf": b"%PDF-1.7\n"})
    return {
        "passphrase": PASSPHRASE,
        "wrapped": to_base64(member_key.wrap(people.keys[0], PASSPHRASE)),
        "keys": people.keys,
        "versions": [people.signed(chain.latest)],
        "manifest": bid.manifest,
        "manifest_digest": manifest.digest(bid.manifest),
        "signature": bid.signature,
        "shares": [
            {"member": share.member, "sealed": to_base64(share.sealed)} for share in bid.shares
        ],
        "recovery": bid.recovery,
        "ciphertext": to_base64(ciphertext.read_bytes()),
        "files": {"Surat penawaran.pdf": hashlib.sha256(b"%PDF-1.7\n").hexdigest()},
    }


def sealed_by_javascript(folder: Path) -> dict[str, Any]:
    task = {
        "names": ["budi", "dewi", "rina"],
        "k": 2,
        "files": [{"name": "Surat penawaran.pdf", "size": 9}],
        "passphrase": PASSPHRASE,
    }
    done = subprocess.run(
        [ROOT / ".venv/bin/node", "tests/js/interop.mjs", "seal", folder],
        input=json.dumps(task).encode(),
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    sealed = json.loads(done.stdout)
    return {
        "passphrase": PASSPHRASE,
        "wrapped": sealed["wrapped"],
        "keys": sealed["keys"],
        "versions": sealed["versions"],
        "manifest": sealed["manifest"],
        "manifest_digest": jcs.digest(sealed["manifest"]),
        "signature": sealed["signature"],
        "shares": sealed["shares"],
        "recovery": sealed["recovery"],
        "ciphertext": to_base64((folder / "bid.age").read_bytes()),
        "files": {"Surat penawaran.pdf": hashlib.sha256(bytes([7]) * 9).hexdigest()},
    }


if __name__ == "__main__":
    main()
