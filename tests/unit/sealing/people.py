"""The people of the sealing tests: a committee with keys and a signed statement, and bidders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lpse.sealing import chain, member_key, sealer, sign, statement
from lpse.sealing.chain import Chain
from lpse.sealing.sealer import File, SealedBid

DEADLINE = "2010-08-10T07:00:00.000000Z"
OPENING = "2010-08-10T07:15:00.000000Z"
TENDER = "3740901"
TERMS: dict[str, Any] = {
    "lines": [{"no": 1, "volume": "10", "unit_price": "1500000.00"}],
    "subtotal": "15000000.00",
    "tax_percent": "11",
    "tax": "1650000.00",
    "total": "16650000.00",
    "total_words": "enam belas juta enam ratus lima puluh ribu rupiah",
    "validity_days": 90,
    "statements": ["integrity"],
}


@dataclass(frozen=True)
class Committee:
    keys: tuple[member_key.MemberKey, ...]
    k: int
    log_seed: bytes

    @property
    def names(self) -> list[str]:
        return [key["member"] for key in self.keys]

    def statement(self, **changes: Any) -> statement.Statement:
        fields: dict[str, Any] = {
            "lpse": "lpse.contoh.example/ledger",
            "log_key": sign.public_key(self.log_seed),
            "tender": TENDER,
            "version": 1,
            "previous": None,
            "envelopes": ["single"],
            "k": self.k,
            "members": [member_key.public_half(key) for key in self.keys],
            "deadline": DEADLINE,
            "opening_at": OPENING,
            "rule_set": {"code": "perpres-16-2018", "digest": "a" * 64},
            "bundle": "b" * 64,
            "content": "c" * 64,
        }
        return statement.build(**(fields | changes))

    def signed(self, stated: statement.Statement) -> dict[str, Any]:
        signatures = [member_key.sign_statement(key, stated) for key in self.keys]
        return {"statement": stated, "signatures": signatures}

    def chain(self, *versions: statement.Statement) -> Chain:
        stated = versions or (self.statement(),)
        return chain.verify([self.signed(v) for v in stated], tender=stated[0]["tender"])


def committee(*names: str, k: int) -> Committee:
    keys = tuple(member_key.make(name, created_at=DEADLINE) for name in sorted(names))
    return Committee(keys, k, sign.make_seed())


def seal(
    folder: Path,
    chain: Chain,
    *,
    provider: str = "maju",
    files: dict[str, bytes] | None = None,
    terms: dict[str, Any] | None = None,
    seed: bytes | None = None,
) -> tuple[SealedBid, Path]:
    """A sealed bid, and where its ciphertext lies."""
    kept = []
    for name, data in (files if files is not None else {"penawaran.pdf": b"%PDF-1.7 ..."}).items():
        path = folder / f"{len(kept)}-{provider}.plain"
        path.write_bytes(data)
        kept.append(File(name, "technical", path))
    target = folder / f"{provider}.age"
    bid = sealer.seal(
        {**TERMS, **(terms or {})},
        kept,
        target,
        statement=chain.latest,
        envelope="single",
        provider=provider,
        tender_seed=seed or sign.make_seed(),
        bundle=chain.latest["bundle"],
    )
    return bid, target


def posted(bid: SealedBid, *members: str) -> dict[str, bytes]:
    """What the browsers of ``members`` would post."""
    return {share.member: share.plain for share in bid.shares if share.member in members}
