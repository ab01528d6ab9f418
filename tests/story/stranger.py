"""Somebody who trusts nobody: public pages, a program of one file, and a bidder's receipt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.story.person import Person

PROGRAM = Path(__file__).parents[2] / "verify" / "lpse_verify.py"


def read_key(stranger: Person) -> str:
    """The public key of the LPSE, as its ledger's page shows it to programs."""
    stranger.visit("/ledger/")
    stranger.look("ledger")
    return stranger.at("main code[data-verifier-key]").inner_text().strip()


def fetch_box(stranger: Person, code: str, folder: Path) -> tuple[Path, Path]:
    """The public file of the closed box, and the key statement it was closed under."""
    stranger.visit(f"/tenders/{code}/results/")
    stranger.follow(f"/tenders/{code}/box/")
    stranger.look("box")
    box = stranger.at(f"main a[href='/tenders/{code}/box/box.json']")
    return stranger.download(box.first, folder, "box.json"), _statement(stranger, code, folder)


def fetch_proof(bidder: Person, receipt: str, folder: Path) -> Path:
    """The proof that the receipt is in the ledger, from the page of the receipt."""
    bidder.visit(f"/bids/receipts/{receipt}/")
    proof = bidder.at(f"main a[href='/bids/receipts/{receipt}/receipt.tlog-proof']")
    return bidder.download(proof, folder, f"tanda-terima-{bidder.user_id}.tlog-proof")


def check(*arguments: str | Path) -> str:
    """What the stand-alone program says; an error unless all of its checks hold."""
    command = [sys.executable, "-I", str(PROGRAM), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{PROGRAM.name} {arguments[0]}: {done.stdout}{done.stderr}")
    return done.stdout


def _statement(stranger: Person, code: str, folder: Path) -> Path:
    chain = stranger.context.request.get(f"{stranger.address}/tenders/{code}/statement/chain/")
    path = folder / "statement.json"
    path.write_bytes(chain.body())
    return path
