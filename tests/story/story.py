"""The story in its order."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser

from tests.story import bid, opening, papers, registration, stranger, tender
from tests.story.person import PHONE, WIDE, Person, Watch

A_MINUTE = dt.timedelta(minutes=1)
ZONE = ZoneInfo("Asia/Jakarta")
BIDDERS = {
    "maju": ("17.900.000", "418.500", "61.250"),
    "jaya": ("18.250.000", "421.000,50", "60.900"),
    "karya": ("17.450.000", "399.750", "58.000"),
}
HOLDS = re.compile(r"^V\d+ +ok\b", re.MULTILINE)
REPLACES = ("jaya", "16.980.000")


class Step(Protocol):
    """One part of the story while it is played."""

    note: str


@dataclass
class Pace:
    """How long a machine needs, in seconds, learned from what it has shown."""

    to_sign: float = 25.0
    to_bid: float = 35.0

    def learn(self, seconds: float, usual: float) -> None:
        slower = max(1.0, seconds / usual)
        self.to_sign *= slower
        self.to_bid *= slower


@dataclass
class Story:
    """What is needed to play, and what the play leaves behind."""

    browser: Browser
    address: str
    passphrases: Mapping[str, str]
    folder: Path
    watch: Watch
    step: Callable[[str], AbstractContextManager[Step]]
    mailbox: registration.Mailbox
    by_keyboard: frozenset[str] = frozenset()
    on_phones: frozenset[str] = frozenset()
    code: str = ""
    sent: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)

    def play(self) -> None:
        try:
            self._register()
            self._announce()
            self._take_bids()
            self._open()
        except BaseException:
            for name, person in self.people.items():
                person.page.screenshot(path=self.folder / f"failure-{name}.png", full_page=True)
            raise
        finally:
            for person in self.people.values():
                person.leave()

    def person(self, user_id: str) -> Person:
        """At their desk, signed in."""
        if user_id not in self.people:
            self.people[user_id] = person = Person(
                self.browser,
                self.address,
                user_id,
                self.watch,
                size=PHONE if user_id in self.on_phones else WIDE,
                by_keyboard=user_id in self.by_keyboard,
            )
            person.sign_in()
            person.look(f"home-{user_id}")
        return self.people[user_id]

    # --- To a new provider -----------------------------------------------------------------------

    def _register(self) -> None:
        firm, boss = registration.FIRM, registration.RESPONSIBLE["responsible_name"]
        copies = papers.of_an_applicant(self.folder / "papers", firm, boss)
        newcomer = self.people["cendana"] = Person(
            self.browser, self.address, "cendana", self.watch, size=PHONE
        )
        with self.step("Candra opens an account from a phone, by a link to the own mailbox"):
            user_id = registration.open_account(newcomer, self.mailbox)
        with self.step("Candra fills in the application, uploads the copies and sends it"):
            registration.fill_in(newcomer, copies)
            code = registration.send(newcomer)
        with self.step("Candra books a visit to the LPSE"):
            registration.book_visit(newcomer)
        verifier = self.person("wati")
        with self.step("Wati (verifier) compares copies and originals, and returns one"):
            registration.find_in_the_queue(verifier, code)
            registration.check_papers(verifier, code, first_is_wrong=True)
            registration.give_back(verifier, code)
        with self.step("Candra reads what is asked for, and sends it again"):
            registration.see_what_is_asked(newcomer)
            registration.upload(newcomer, "ktp", copies["ktp"])
            registration.send(newcomer)
        with self.step("Wati approves; the minutes of the verification"):
            registration.find_in_the_queue(verifier, code)
            registration.check_papers(verifier, code, first_is_wrong=False)
            registration.approve(verifier, code)
            registration.fetch_minutes(verifier, code, self.folder)
        with self.step("Candra signs in as a provider"):
            registration.sign_in(newcomer, user_id)

    # --- To the announcement ---------------------------------------------------------------------

    def _announce(self) -> None:
        begun = time.monotonic()
        with self.step("Sari (PPK) makes a package and hands it over"):
            self.code = tender.hand_over(self.person("sari"))
        self.pace.learn(time.monotonic() - begun, usual=8.0)
        with self.step("Papers of the committee and of three firms"):
            documents = papers.of_the_tender(self.folder / "papers")
            self.offers = {
                firm: bid.Offer(prices, papers.of_a_firm(self.folder / "papers", firm))
                for firm, prices in BIDDERS.items()
            }
        with self.step("Budi (committee) chooses the training rules and uploads documents"):
            budi = self.person("budi")
            tender.choose_procedure(budi, self.code)
            tender.upload_documents(budi, self.code, documents)
        with self.step("Budi sets the schedule") as this:
            now = dt.datetime.now(ZONE)
            self.takes_bids = _minute_after(now, self.pace.to_sign)
            self.deadline = _minute_after(self.takes_bids, self.pace.to_bid)
            begin = _minute_after(now - A_MINUTE, 0)
            tender.set_schedule(
                budi, self.code, tender.dates(begin, self.takes_bids, self.deadline)
            )
            this.note = f"bids from {self.takes_bids:%H:%M} until {self.deadline:%H:%M}"
        with self.step("Budi proposes and signs the key statement"):
            tender.propose(budi, self.code)
            tender.sign(budi, self.code, self.passphrases["budi"])
        with self.step("Rina signs: a majority, the tender is announced"):
            tender.sign(self.person("rina"), self.code, self.passphrases["rina"])

    # --- To the deadline -------------------------------------------------------------------------

    def _take_bids(self) -> None:
        for firm in BIDDERS:
            with self.step(f"{firm.title()} finds the tender and joins"):
                bidder = self.person(firm)
                bid.find_tender(bidder, self.code, tender.TITLE)
                bid.join(bidder, self.code)
                bid.check_keys(bidder)
                bid.make_offer(bidder, self.offers[firm])
        with self.step("The new firm joins as well"):
            bid.find_tender(self.people["cendana"], self.code, tender.TITLE)
            bid.join(self.people["cendana"], self.code)
        with self.step("Until bids are taken"):
            _wait_until(self.takes_bids)
        for firm in BIDDERS:
            with self.step(f"{firm.title()} seals, uploads, tests, keeps the recovery key, sends"):
                bidder = self.person(firm)
                bid.seal(bidder)
                bid.keep_recovery_key(bidder, self.folder / "recovery")
                self.sent[firm] = bid.send(bidder, keep_offer=firm == REPLACES[0])
        firm, price = REPLACES
        with self.step(f"{firm.title()} replaces its bid"):
            self.sent[firm] = bid.replace(
                self.person(firm), self.code, price, self.folder / "recovery"
            )
        with self.step("Until the deadline"):
            _wait_until(self.deadline)

    # --- To the minutes --------------------------------------------------------------------------

    def _open(self) -> None:
        with self.step("The box is closed; each bidder sees the own bid in it"):
            for firm, receipt in self.sent.items():
                bid.see_the_box(self.person(firm), receipt)
        with self.step("The receipts as JSON and PDF"):
            for firm, receipt in self.sent.items():
                bid.fetch_receipt(self.person(firm), receipt, self.folder)
        budi, rina = self.person("budi"), self.person("rina")
        with self.step("Budi posts the shares of all bids"):
            opening.post_shares(budi, self.code, self.passphrases["budi"])
        with self.step("Rina posts hers: two of three are enough"):
            opening.post_shares(rina, self.code, self.passphrases["rina"])
        with self.step("All bids are opened; the results are read"):
            opening.see_opened(rina, self.code)
        with self.step("Budi and Rina approve the minutes"):
            opening.approve_minutes(budi, self.code)
            opening.approve_minutes(rina, self.code)
        with self.step("The minutes are sealed"):
            opening.fetch_minutes(rina, self.code, self.folder)
        with self.step(
            "A stranger checks a receipt, its place in the ledger, and the box"
        ) as this:
            this.note = self._check()

    def _check(self) -> str:
        firm, receipt = next(iter(self.sent.items()))
        bidder = self.person(firm)
        kept = self.folder / f"tanda-terima-{firm}.json"
        proof = stranger.fetch_proof(bidder, receipt, self.folder)
        key = stranger.read_key(bidder)
        box, statement = stranger.fetch_box(bidder, self.code, self.folder)
        said = [
            stranger.check("receipt", kept, "--key", key, "--proof", proof),
            stranger.check("inclusion", kept, "--key", key, "--ledger", f"{self.address}/ledger"),
            stranger.check("box", box, "--key", key, "--receipt", kept, "--statement", statement),
            stranger.check("statement", statement, "--key", key),
        ]
        (self.folder / "verify.txt").write_text("\n".join(said))
        return f"{sum(len(HOLDS.findall(text)) for text in said)} checks hold"


def _minute_after(moment: dt.datetime, seconds: float) -> dt.datetime:
    """The first whole minute that is at least so many seconds away."""
    later = moment + dt.timedelta(seconds=seconds)
    whole = later.replace(second=0, microsecond=0)
    return whole if whole == later else whole + A_MINUTE


def _wait_until(moment: dt.datetime) -> None:
    while (left := (moment - dt.datetime.now(ZONE)).total_seconds()) > -1:
        time.sleep(min(left + 1.1, 1.0))
