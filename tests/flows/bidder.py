"""A bidder at the sealing page, in words of what a person does there."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyrage
from playwright.sync_api import BrowserContext, Page, expect
from pyrage import x25519

from bidding.models import Bid
from lpse.files.storage import storage
from lpse.sealing import shamir
from registration.models import User
from tests.cast import Client
from tests.factories.bidding import Announced

PDF = b"%PDF-1.7\n" + b"Contoh dokumen penawaran\n" * 40 + b"\n%%EOF\n"


def sign_in(context: BrowserContext, user: User, address: str) -> None:
    """Give the browser the session of ``user``; signing in has tests of its own."""
    client = Client()
    client.force_login(user)
    cookies = [
        {"name": name, "value": morsel.value, "url": address}
        for name, morsel in client.cookies.items()
    ]
    context.add_cookies(cookies)  # type: ignore[arg-type]


def listen(page: Page) -> list[str]:
    """Everything the page complains of: violations of the policy and errors of its scripts."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    return heard


class SealingPage:
    def __init__(self, page: Page, address: str, code: str, folder: Path) -> None:
        self.page = page
        self.url = f"{address}/tenders/{code}/bid/"
        self.folder = folder

    def open(self) -> SealingPage:
        self.page.goto(self.url)
        self.page.wait_for_selector("[data-seal]:not([hidden])")
        return self

    def at(self, step: str) -> None:
        expect(self.page.locator(f"[data-step={step}]")).to_be_visible(timeout=30_000)

    def check_keys(self, *, own: bool = True) -> SealingPage:
        self.at("keys")
        self.page.check(f"input[name=computer][value={'own' if own else 'foreign'}]")
        self.page.click("[data-keys-form] button[type=submit]")
        self.at("offer")
        return self

    def type_prices(self, *prices: str) -> SealingPage:
        for number, price in enumerate(prices, start=1):
            self.page.fill(f"#price-{number}", price)
        return self

    def choose(self, slot: str, name: str, content: bytes = PDF) -> SealingPage:
        path = self.folder / name
        path.write_bytes(content)
        self.page.set_input_files(f"#slot-{slot}", str(path))
        chosen = self.page.locator(f"[data-slot={slot}] .file-row-name", has_text=name)
        expect(chosen).to_be_visible()
        return self

    def make_offer(self, *prices: str, technical: bytes = PDF) -> SealingPage:
        self.type_prices(*(prices or ("1.250.000", "2.500.000,50")))
        for box in self.page.locator("[data-statement]").all():
            box.check()
        self.choose("letter", "surat penawaran.pdf")
        self.choose("technical", "metode teknis.pdf", technical)
        self.choose("qualification", "kualifikasi.pdf")
        return self

    def finish_offer(self) -> SealingPage:
        self.page.click("[data-offer-form] button[type=submit]")
        self.at("seal")
        return self

    def seal(self) -> SealingPage:
        self.page.click("[data-seal-now]")
        expect(self.page.locator("[data-envelope-view=sealed]")).to_be_visible(timeout=60_000)
        return self

    def wait_for_proof(self) -> SealingPage:
        expect(self.page.locator("[data-step=proof] [data-next]")).to_be_visible(timeout=60_000)
        return self

    def take_recovery_key(self) -> dict[str, Any]:
        self.page.click("[data-step=proof] [data-next]")
        self.at("recovery")
        with self.page.expect_download() as download:
            self.page.click("[data-download]")
        path = self.folder / download.value.suggested_filename
        download.value.save_as(path)
        self.page.check("#kept")
        self.page.click("[data-recovery-form] button[type=submit]")
        self.at("send")
        key: dict[str, Any] = json.loads(path.read_text())
        return key

    def send(self) -> str:
        """The code of the receipt that comes back."""
        self.page.click("[data-send]")
        self.page.wait_for_url("**/bids/receipts/**", timeout=30_000)
        return self.page.url.rstrip("/").rpartition("/")[2]


def content_of(bid: Bid, made: Announced) -> dict[str, bytes]:
    """What is in the stored envelope, opened with the keys of two members as at the opening."""
    parts = []
    for share in bid.shares.select_related("member")[:2]:
        identity = x25519.Identity.from_str(made.keys[share.member.username]["identity"])
        plain = json.loads(pyrage.decrypt(bytes(share.sealed), [identity]))
        parts.append(base64.b64decode(plain["share"]))
    bid_key = x25519.Identity.from_str(shamir.combine(parts).decode())
    content = pyrage.decrypt(storage().read(bid.name), [bid_key])
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}
