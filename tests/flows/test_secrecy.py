"""While bids are sealed, nothing that the LPSE keeps or says tells what is in them.

The adversary has everything of the LPSE: all tables, the storage folder, the mail, the broker,
the logs. Not the members' passphrases, not the bidder's device.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from django.conf import settings
from django.core import mail
from django.db import connections
from django.utils.module_loading import import_string
from playwright.sync_api import BrowserContext
from psycopg import sql
from pytest_django.live_server_helper import LiveServer

from bidding.domain import decryption, submission
from bidding.domain import participation as participations
from bidding.models import Bid, BidState, Opening, Upload
from lpse.sealing.sealer import File
from tests.factories.bidding import a_bidder, a_firm, an_announced_tender
from tests.factories.committee import (
    PASSPHRASE,
    a_complete_tender,
    a_filled_box,
    a_registered_key,
    post,
)
from tests.flows.bidder import SealingPage, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

PRICE, PRICE_TYPED = "83417659.00", "83.417.659"
NAME = "kenari-rahasia-7f3a.pdf"
CONTENT = b"%PDF-1.7\nKENARI-ISI-9C1E47\n%%EOF\n"


def spellings(secret: str) -> Iterator[bytes]:
    """``secret`` as it may lie in a file: plain, hexadecimal, base64 at any offset, UTF-16."""
    for plain in (secret.encode(), secret.encode("utf-16-le"), secret.encode("utf-16-be")):
        yield plain
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        for shift in range(3):
            # What depends on the neighbours is cut off at both ends.
            text = base64.b64encode(b"\0" * shift + plain)
            inner = text[(0, 2, 3)[shift] :].rstrip(b"=")
            inner = inner[: len(inner) - (1 if (shift + len(plain)) % 3 else 0)]
            yield inner
            yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def found(secrets: list[str], kept: dict[str, bytes]) -> list[tuple[str, str]]:
    """Which secret is in which place."""
    return [
        (secret, place)
        for secret in secrets
        for place, content in kept.items()
        if any(spelling in content for spelling in spellings(secret))
    ]


def everything(said: str) -> dict[str, bytes]:
    """All that the LPSE keeps: place → bytes. ``said`` is what it wrote into its logs."""
    kept = {f"table {name}": rows for name, rows in tables()}
    for folder in {Path(settings.VAR_DIR), Path(settings.STORAGE_URL.removeprefix("file://"))}:
        for path in (path for path in folder.rglob("*") if path.is_file()):
            kept[f"file {path}"] = path.name.encode() + b"\n" + path.read_bytes()
    for number, message in enumerate(mail.outbox):
        kept[f"mail {number}"] = message.message().as_bytes()
    kept["broker and cache"] = b"\n".join(broker())
    kept["logs"] = said.encode()
    return kept


def tables() -> Iterator[tuple[str, bytes]]:
    """Every table of the database as a dump has it, copied out by the owner."""
    known = connections["owner"].settings_dict
    with psycopg.connect(
        host=known["HOST"],
        port=known["PORT"],
        user=known["USER"],
        password=known["PASSWORD"],
        dbname=known["NAME"],
    ) as owner:
        names = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (name,) in names.fetchall():
            statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))
            with owner.cursor() as cursor, cursor.copy(statement) as rows:
                # COPY writes bytes as \x…; what is text in a table stays text.
                yield name, b"".join(bytes(part) for part in rows)


def broker() -> Iterator[bytes]:
    """Every key of Valkey and its value, whatever its type."""
    client: Any = redis.Redis.from_url(settings.REDIS_URL)
    for key in client.scan_iter():
        yield key
        match client.type(key):
            case b"string":
                yield client.get(key)
            case b"list":
                yield from client.lrange(key, 0, -1)
            case b"set":
                yield from client.smembers(key)
            case b"zset":
                yield from client.zrange(key, 0, -1)
            case b"hash":
                yield from (part for pair in client.hgetall(key).items() for part in pair)
            case other:
                raise AssertionError(f"{key!r} is a {other!r}, which is not looked into")


def ring_all_alarms() -> None:
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        import_string(entry["task"])()


@pytest.mark.browser
def test_no_dump_file_mail_broker_or_log_holds_a_word_of_a_sealed_bid_or_a_usable_key(
    live_server: LiveServer,
    context: BrowserContext,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    made = an_announced_tender()
    others = a_complete_tender(("eko", "fitri", "gilang"), with_keys=False).members
    keys = [*made.keys.values()]
    keys += [a_registered_key(member, openable=True)[0] for member in others]
    maju = a_firm("maju")
    participations.join(made.tender, pact_accepted=True, by=maju)
    sign_in(context, maju, live_server.url)
    page = SealingPage(context.new_page(), live_server.url, made.tender.code, tmp_path)
    page.open().check_keys().make_offer(PRICE_TYPED, "2.500.000,50")
    page.choose("other", NAME, CONTENT)
    total = page.page.locator("[data-total]").inner_text().removeprefix("Rp ").strip()
    words = page.page.locator("[data-total-words]").inner_text()
    page.finish_offer().seal().wait_for_proof()
    recovery = page.take_recovery_key()
    page.send()

    # A version that was replaced, one that was withdrawn, and an upload under way.
    jaya = a_bidder(made, "jaya")
    paper = tmp_path / "paper"
    paper.write_bytes(CONTENT)
    secret_files = (File(NAME, "other", paper),)
    jaya.seal(PRICE, files=secret_files).submit()
    second = jaya.seal(PRICE, files=secret_files).submit()
    submission.withdraw(second.bid, by=jaya.user)
    jaya.seal(PRICE, files=secret_files).send_up()
    ring_all_alarms()

    kept = everything(caplog.text + "".join(capfd.readouterr()))

    assert Bid.objects.filter(state=BidState.SUBMITTED).count() == 1
    assert Upload.objects.exists()
    amounts = [PRICE_TYPED, PRICE.removesuffix(".00"), total, _plain(total), words]
    contents = [NAME, "KENARI-ISI-9C1E47", '"unit_price":', '"statements":', "lpse-bid/1"]
    bid_keys = [recovery["identity"], recovery["tender_seed"], "AGE-SECRET-KEY-"]
    member_keys = [
        PASSPHRASE,
        *(key[half] for key in keys for half in ("identity", "signing_seed")),
    ]
    assert found(amounts, kept) == []
    assert found(contents, kept) == []
    assert found(bid_keys, kept) == []
    assert found(member_keys, kept) == []


def test_after_the_opening_the_same_search_finds_what_was_sealed(tmp_path: Path) -> None:
    """So it would have found it before."""
    paper = tmp_path / "paper"
    # Words of its own: what is opened here stays in the folder that the other test searches.
    paper.write_bytes(CONTENT.replace(b"9C1E47", b"5D20AB"))
    made, box, _sealed = a_filled_box(1, total=PRICE, files=(File(NAME, "other", paper),))
    before = everything("")
    for member in ("budi", "rina"):
        post(made, box, member)
    decryption.open_all(Opening.objects.get(box=box))
    after = everything("")

    secrets = [PRICE.removesuffix(".00"), NAME, "KENARI-ISI-5D20AB"]
    assert found(secrets, before) == []
    assert {secret for secret, _place in found(secrets, after)} == set(secrets)


@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("secret", [NAME, PRICE_TYPED, "AGE-SECRET-KEY-"])
def test_the_search_finds_a_secret_however_it_is_written(secret: str, padding: int) -> None:
    inside = b"x" * padding + secret.encode() + b"yz"
    ways = {
        "plain": inside,
        "hexadecimal": inside.hex().encode(),
        "base64": base64.b64encode(inside),
        "base64 for addresses": base64.urlsafe_b64encode(inside),
        "UTF-16": secret.encode("utf-16"),
        "hexadecimal UTF-16": secret.encode("utf-16-be").hex().encode(),
        "base64 of UTF-16": base64.b64encode(b"x" * padding + secret.encode("utf-16-le")),
    }

    assert {place for _secret, place in found([secret], ways)} == set(ways)


def _plain(amount: str) -> str:
    """``1.234.567,89`` as signed documents write it."""
    return re.sub(r"[^\d,]", "", amount).replace(",", ".")
