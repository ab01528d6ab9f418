"""A bid from the form to the receipt, in a real browser, over lines that break."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Route, expect
from pytest_django.live_server_helper import LiveServer

from bidding.domain import participation as participations
from bidding.domain import receipt as receipts
from bidding.models import Bid, BidState, Receipt, TenderKey, Upload
from lpse.clock import database_now
from lpse.files.storage import storage
from lpse.sealing import member_key
from lpse.sealing import receipt as sealing_receipt
from procurement.models import Stage, StageCode
from registration.models import User
from tests.factories.bidding import (
    Announced,
    a_firm,
    a_statement,
    an_announced_tender,
    sign_statement,
)
from tests.flows.bidder import PDF, SealingPage, content_of, listen, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MIB = 1024 * 1024
LARGE = PDF[:9] + os.urandom(5 * MIB) + PDF[-8:]
# What Chromium says of a connection that we broke on purpose, or of a server we took away.
BROKEN_LINE = ("net::ERR_FAILED", "net::ERR_CONNECTION", "status of 410")
INSTANT = "2026-01-01T00:00:00.000000Z"


@pytest.fixture
def made() -> Announced:
    return an_announced_tender()


@pytest.fixture
def maju(made: Announced) -> User:
    """The officer of a firm that has joined and has no key yet: its browser will make one."""
    user = a_firm("maju")
    participations.join(made.tender, pact_accepted=True, by=user)
    return user


@pytest.fixture
def bidder(
    live_server: LiveServer, context: BrowserContext, made: Announced, maju: User, tmp_path: Path
) -> Iterator[SealingPage]:
    """Maju at the sealing page; whatever the browser complains of fails the test."""
    sign_in(context, maju, live_server.url)
    page = context.new_page()
    heard = listen(page)
    yield SealingPage(page, live_server.url, made.tender.code, tmp_path)
    assert [line for line in heard if not any(sign in line for sign in BROKEN_LINE)] == []


# --- The whole way -----------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 360])
def test_a_bid_travels_from_the_form_to_its_receipt(
    bidder: SealingPage, made: Announced, width: int
) -> None:
    bidder.page.set_viewport_size({"width": width, "height": 780})
    bidder.open().check_keys().make_offer().finish_offer().seal().wait_for_proof()
    recovery = bidder.take_recovery_key()

    code = bidder.send()

    expect(bidder.page.locator("[data-check=signature][data-result=ok]")).to_be_visible()
    file = receipts.file_of(Receipt.objects.get(code=code))
    assert sealing_receipt.verify(file, key=file["key"])["outcome"] == "accepted"
    bid = Bid.objects.get()
    assert hashlib.sha256(storage().read(bid.name)).hexdigest() == recovery["ciphertext"]
    content = content_of(bid, made)
    form = json.loads(content["bid.json"])
    assert form["total"] == "69375011.10"
    assert form["total_words"].startswith("enam puluh sembilan juta tiga ratus")
    assert content["files/metode teknis.pdf"] == PDF


def test_the_form_computes_as_one_types_and_forgets_nothing_on_a_reload(
    bidder: SealingPage,
) -> None:
    bidder.open().check_keys().make_offer()
    page = bidder.page
    expect(page.locator("[data-total]")).to_have_text("Rp 69.375.011,10")
    page.wait_for_timeout(500)

    page.reload()

    bidder.at("offer")
    expect(page.locator("#price-2")).to_have_value("2.500.000,50")
    expect(page.locator("[data-total]")).to_have_text("Rp 69.375.011,10")
    expect(page.locator("[data-slot=technical] .file-row-name")).to_have_text("metode teknis.pdf")
    bidder.finish_offer()


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    bidder: SealingPage,
) -> None:
    page = bidder.open().check_keys().page
    bidder.type_prices("1250000.50", "2.500")
    bidder.choose("letter", "surat.docx", b"PK\x03\x04 no document")

    page.click("[data-offer-form] button[type=submit]")

    expect(page.locator("[data-errors]")).to_be_focused()
    expect(page.locator("#price-1-error")).to_be_visible()
    expect(page.locator("#price-1")).to_have_value("1250000.50")
    expect(page.locator("#price-2-error")).to_be_hidden()
    expect(page.locator("#slot-letter-error")).to_contain_text("surat.docx")
    page.fill("#price-1", "1.250.000,50")
    page.press("#price-1", "Tab")
    expect(page.locator("#price-1-error")).to_be_hidden()


def test_a_file_in_the_wrong_slot_is_asked_about_and_not_refused(bidder: SealingPage) -> None:
    page = bidder.open().check_keys().page

    bidder.choose("technical", "Rincian harga.pdf")

    expect(page.locator("[data-slot=technical] [data-doubt]")).to_contain_text("Rincian harga.pdf")
    expect(page.locator("#slot-technical-error")).to_be_hidden()


SLOW_TO_READ = """
const read = Blob.prototype.arrayBuffer;
const ready = new Promise((resolve) => (globalThis.__read = resolve));
Blob.prototype.arrayBuffer = async function () {
  await ready;
  return read.call(this);
};
"""


def test_files_that_take_long_to_look_at_neither_call_the_keyboard_back_nor_lose_each_other(
    bidder: SealingPage,
) -> None:
    page = bidder.page
    page.add_init_script(SLOW_TO_READ)
    bidder.open().check_keys()
    for slot in ("letter", "technical"):
        path = bidder.folder / f"{slot}.pdf"
        path.write_bytes(PDF)
        page.focus(f"#slot-{slot}")
        page.set_input_files(f"#slot-{slot}", str(path))
    page.focus("#validity")

    page.evaluate("globalThis.__read()")

    for slot in ("letter", "technical"):
        name = page.locator(f"[data-slot={slot}] .file-row-name")
        expect(name).to_have_text(f"{slot}.pdf")
    expect(page.locator("#validity")).to_be_focused()


def test_a_new_version_replaces_the_bid_and_a_withdrawal_ends_it(bidder: SealingPage) -> None:
    page = bidder.page
    bidder.open().check_keys().make_offer().finish_offer().seal().wait_for_proof()
    bidder.take_recovery_key()
    page.check("#keep")
    bidder.send()

    bidder.open()
    bidder.at("offer")
    bidder.type_prices("1.000.000").finish_offer().seal().wait_for_proof()
    bidder.take_recovery_key()
    expect(page.locator("[data-replaces]")).to_be_visible()
    bidder.send()
    assert [(b.version, b.state) for b in Bid.objects.all()] == [
        (1, BidState.REPLACED),
        (2, BidState.SUBMITTED),
    ]

    page.goto(f"{bidder.url.partition('/tenders/')[0]}/bids/")
    page.click("details[data-confirm] summary")
    page.click("details[data-confirm] button[type=submit]")
    page.wait_for_url("**/bids/receipts/**")
    assert Bid.objects.get(version=2).state == BidState.WITHDRAWN


def test_a_bid_can_be_prepared_and_sent_with_the_keyboard_alone(bidder: SealingPage) -> None:
    page = bidder.open().page

    def press_on(selector: str, key: str = "Enter") -> None:
        """Move on with the Tab key until the focus is there, then press ``key``."""
        for _step in range(80):
            if page.evaluate("s => document.activeElement?.matches(s)", selector):
                return page.keyboard.press(key)
            page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key never reaches {selector}")

    press_on("[data-keys-form] button[type=submit]")
    bidder.at("offer")
    bidder.make_offer()
    page.focus("#slot-other")
    press_on("[data-offer-form] button[type=submit]")
    bidder.at("seal")
    press_on("[data-seal-now]")
    bidder.wait_for_proof()
    expect(page.locator("[data-step=proof] [data-next]")).to_be_focused()
    page.keyboard.press("Enter")
    bidder.at("recovery")
    with page.expect_download():
        press_on("[data-download]")
    press_on("#kept", "Space")
    press_on("[data-recovery-form] button[type=submit]")
    bidder.at("send")
    press_on("[data-send]")
    page.wait_for_url("**/bids/receipts/**")
    assert Bid.objects.get().state == BidState.SUBMITTED


# --- Somebody else's computer ------------------------------------------------------------------

REMEMBERED = """async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const request = indexedDB.open(name);
    const database = await new Promise((done) => (request.onsuccess = () => done(request.result)));
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store).getAll();
      found.push(...(await new Promise((done) => (all.onsuccess = () => done(all.result)))));
    }
    database.close();
  }
  const root = await navigator.storage.getDirectory();
  for await (const folder of root.values()) {
    for await (const name of folder.keys()) found.push(name);
  }
  return [found.length, localStorage.length + sessionStorage.length];
}"""


@pytest.mark.clause("P23(1)")
def test_on_a_computer_of_the_bidding_room_nothing_is_kept(bidder: SealingPage) -> None:
    bidder.open().check_keys(own=False).make_offer().finish_offer().seal().wait_for_proof()
    bidder.take_recovery_key()
    expect(bidder.page.locator("[data-keep]")).to_be_hidden()
    bidder.send()

    assert bidder.page.evaluate(REMEMBERED) == [0, 0]


def test_on_the_own_computer_everything_is_deleted_at_the_receipt(
    bidder: SealingPage, made: Announced
) -> None:
    bidder.open().check_keys().make_offer().finish_offer().seal().wait_for_proof()
    assert bidder.page.evaluate(REMEMBERED) == [2, 1]
    bidder.take_recovery_key()
    bidder.send()

    assert bidder.page.evaluate(REMEMBERED) == [0, 1]
    # Which keys were announced is public; that they stay the same is noticed later too.
    seen = bidder.page.evaluate(f"localStorage.getItem('lpse:statements:{made.tender.code}')")
    assert json.loads(seen) == [made.statement.digest]


def test_the_recovery_key_brings_the_tender_key_to_another_computer(
    bidder: SealingPage, live_server: LiveServer, tmp_path: Path
) -> None:
    bidder.open().check_keys().make_offer().finish_offer().seal().wait_for_proof()
    recovery = bidder.take_recovery_key()
    bidder.send()
    path = tmp_path / "recovery.json"
    path.write_text(json.dumps(recovery, separators=(",", ":"), sort_keys=True))

    page = bidder.open().page
    expect(page.locator("[data-other-key]")).to_be_visible()
    page.set_input_files("#old-recovery", str(path))
    bidder.check_keys()

    assert TenderKey.objects.count() == 1


# --- Lines that break --------------------------------------------------------------------------


def cut(page: Page, how: Callable[[int], str]) -> list[int]:
    """Break the line at pieces: ``how(number)`` is "send", "lose" (it never arrives) or "deafen"
    (it arrives, and the answer is lost). Gives the offsets of the pieces as they were tried.
    """
    offsets: list[int] = []

    def handle(route: Route) -> None:
        if route.request.method != "PATCH":
            return route.continue_()
        offsets.append(int(route.request.headers["upload-offset"]))
        match how(len(offsets)):
            case "lose":
                return route.abort()
            case "deafen":
                route.fetch()
                return route.abort()
        return route.continue_()

    page.route("**/uploads/**", handle)
    return offsets


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Let the page work until something is so."""
    for _moment in range(300):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never became so")


@pytest.mark.parametrize(("name", "every"), [("lose", 2), ("deafen", 2), ("deafen", 3)])
def test_an_upload_cut_at_every_other_piece_arrives_as_it_was_sealed(
    bidder: SealingPage, made: Announced, name: str, every: int
) -> None:
    tried = cut(bidder.page, lambda number: name if number % every == 1 else "send")
    bidder.open().check_keys().make_offer(technical=LARGE).finish_offer().seal()

    bidder.wait_for_proof()

    upload = Upload.objects.get()
    assert len(tried) > len(set(tried)) or name == "deafen"
    assert tried == sorted(tried)
    bidder.take_recovery_key()
    bidder.send()
    assert content_of(Bid.objects.get(), made)["files/metode teknis.pdf"] == LARGE
    assert upload.length == Bid.objects.get().ciphertext_size


@pytest.mark.parametrize("pieces", [0, 1, 2, 3])
def test_after_a_reload_it_goes_on_where_the_server_stands(
    bidder: SealingPage, made: Announced, pieces: int
) -> None:
    page = bidder.page
    tried = cut(page, lambda number: "send" if number <= pieces else "lose")
    bidder.open().check_keys().make_offer(technical=LARGE).finish_offer().seal()
    until(page, lambda: len(tried) > pieces)
    stands = Upload.objects.get().offset
    page.unroute_all()
    again = cut(page, lambda _number: "send")

    page.reload()

    bidder.wait_for_proof()
    assert again[0] == stands
    assert (stands > 0) is (pieces > 0)
    assert tried[-1] == stands
    bidder.take_recovery_key()
    bidder.send()
    assert content_of(Bid.objects.get(), made)["files/metode teknis.pdf"] == LARGE


def test_after_the_browser_was_closed_it_goes_on_where_the_server_stands(
    live_server: LiveServer,
    playwright: Playwright,
    browser_type_launch_args: dict[str, object],
    made: Announced,
    maju: User,
    tmp_path: Path,
) -> None:
    def start() -> SealingPage:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"),
            **browser_type_launch_args,  # type: ignore[arg-type]
        )
        sign_in(context, maju, live_server.url)
        return SealingPage(context.pages[0], live_server.url, made.tender.code, tmp_path)

    bidder = start()
    tried = cut(bidder.page, lambda number: "send" if number <= 2 else "lose")
    bidder.open().check_keys().make_offer(technical=LARGE).finish_offer().seal()
    until(bidder.page, lambda: len(tried) > 2)
    stands = Upload.objects.get().offset
    bidder.page.context.close()

    bidder = start()
    again = cut(bidder.page, lambda _number: "send")
    bidder.open()
    bidder.wait_for_proof()
    bidder.take_recovery_key()
    bidder.send()
    bidder.page.context.close()

    assert again[0] == stands > 0
    assert content_of(Bid.objects.get(), made)["files/metode teknis.pdf"] == LARGE


def test_the_answer_to_sending_may_be_lost_and_is_asked_for_again(bidder: SealingPage) -> None:
    bidder.open().check_keys().make_offer().finish_offer().seal().wait_for_proof()
    bidder.take_recovery_key()
    times = itertools.count()

    def deaf(route: Route) -> None:
        if next(times) < 2:
            route.fetch()
            return route.abort()
        return route.continue_()

    bidder.page.route("**/submit/**", deaf)
    code = bidder.send()

    assert Receipt.objects.get().code == code
    assert Bid.objects.count() == 1


def test_a_file_that_the_server_lost_is_uploaded_anew(bidder: SealingPage) -> None:
    page = bidder.page
    tried = cut(page, lambda number: "send" if number <= 1 else "lose")
    bidder.open().check_keys().make_offer(technical=LARGE).finish_offer().seal()
    until(page, lambda: len(tried) > 1)
    Upload.objects.update(terminated_at=database_now())
    page.unroute_all()

    page.reload()

    bidder.wait_for_proof()
    assert Upload.objects.filter(terminated_at=None).count() == 1


# --- What must be noticed ----------------------------------------------------------------------


def test_other_keys_than_the_ones_seen_before_are_refused(
    bidder: SealingPage, made: Announced
) -> None:
    """Whoever runs the server gives this bidder a statement by another committee, well signed."""
    bidder.open().check_keys()
    strangers = Announced(
        made.tender,
        {name: member_key.make(name, created_at=INSTANT) for name in ("eko", "fitri", "gilang")},
    )
    body, signatures = a_statement(strangers, deadline=deadline_of(made))

    def swap(route: Route) -> None:
        response = route.fetch()
        found = re.search(r'(<script id="seal-standing"[^>]*>)(.*?)(</script>)', response.text())
        assert found is not None
        standing = json.loads(found[2])
        standing["statements"] = [{"statement": body, "signatures": signatures}]
        text = response.text().replace(found[2], json.dumps(standing))
        route.fulfill(response=response, body=text)

    bidder.page.route("**/bid/", swap)
    page = bidder.open().page

    bidder.at("keys")
    expect(page.locator("[data-key-checks] [data-result=wrong]").first).to_be_visible()
    expect(page.locator("[data-keys-form]")).to_be_hidden()


def test_another_deadline_than_the_committee_has_signed_is_refused(
    bidder: SealingPage, made: Announced
) -> None:
    moved = database_now() + dt.timedelta(minutes=5)
    Stage.objects.filter(tender=made.tender, code=StageCode.SUBMISSION).update(ends_at=moved)

    page = bidder.open().page

    expect(page.locator("[data-key-checks] [data-result=wrong]").first).to_be_visible()
    expect(page.locator("[data-keys-form]")).to_be_hidden()


def test_a_later_deadline_that_is_signed_is_taken_and_counted_to(
    bidder: SealingPage, made: Announced
) -> None:
    bidder.open().check_keys().make_offer().finish_offer().seal().wait_for_proof()
    later = database_now() + dt.timedelta(hours=30)
    sign_statement(made, deadline=later)
    Stage.objects.filter(tender=made.tender, code=StageCode.SUBMISSION).update(ends_at=later)

    bidder.take_recovery_key()
    bidder.send()

    assert Bid.objects.get().statement.version == 1
    expect(bidder.page.locator("[data-check=signature][data-result=ok]")).to_be_visible()


def test_a_bid_sent_after_the_deadline_gets_a_receipt_that_refuses_it(
    live_server: LiveServer, context: BrowserContext, tmp_path: Path
) -> None:
    made = an_announced_tender(closes_in=dt.timedelta(seconds=25))
    user = a_firm("jaya")
    participations.join(made.tender, pact_accepted=True, by=user)
    sign_in(context, user, live_server.url)
    bidder = SealingPage(context.new_page(), live_server.url, made.tender.code, tmp_path)
    bidder.open().check_keys().make_offer().finish_offer().seal().wait_for_proof()
    bidder.take_recovery_key()
    left = (deadline_of(made) - database_now()).total_seconds()
    bidder.page.wait_for_timeout(max(0, left) * 1000 + 200)

    code = bidder.send()

    expect(bidder.page.locator("[data-check=signature][data-result=ok]")).to_be_visible()
    expect(bidder.page.locator(".receipt-reason")).to_be_visible()
    receipt = Receipt.objects.get()
    assert (receipt.code, receipt.outcome) == (code, "refused")
    assert not Bid.objects.exists()


def test_a_sealed_file_that_changed_on_the_device_is_not_sent(bidder: SealingPage) -> None:
    page = bidder.page
    cut(page, lambda _number: "lose")
    bidder.open().check_keys().make_offer().finish_offer().seal()
    page.evaluate(
        """async () => {
          const root = await navigator.storage.getDirectory();
          const folder = await root.getDirectoryHandle("sealed");
          for await (const file of folder.values()) {
            const writer = await file.createWritable({ keepExistingData: true });
            const data = new Uint8Array([0, 1, 2, 3]);
            await writer.write({ type: "write", position: 5000, data });
            await writer.close();
          }
        }"""
    )
    page.unroute_all()

    page.reload()

    expect(page.locator("[data-proof-error]")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-step=proof] [data-next]")).to_be_hidden()


def deadline_of(made: Announced) -> dt.datetime:
    return Stage.objects.get(tender=made.tender, code=StageCode.SUBMISSION).ends_at
