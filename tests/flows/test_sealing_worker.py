"""The sealing worker in a real browser, under the headers that sealing pages really have."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from lpse.middleware import HEADERS, WORKER_POLICY

ROOT = Path(__file__).resolve().parents[2]
MIB = 1024 * 1024

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Site:
    address: str
    worker: dict[str, str]  # {"url", "integrity"}


def bundled(source: str) -> bytes:
    command = [ROOT / "node_modules/.bin/esbuild", source, "--bundle", "--format=esm"]
    done = subprocess.run(
        [ROOT / ".venv/bin/node", *command, "--target=es2022", "--minify"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return done.stdout


def integrity(data: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    page, worker = bundled("tests/js/worker_harness.mjs"), bundled("static/js/workers/seal.js")
    script = f'<script type="module" src="/page.js" integrity="{integrity(page)}"></script>'
    files = {
        "/": ("text/html", f"<!doctype html><title>sealing</title>{script}".encode()),
        "/page.js": ("text/javascript", page),
        "/worker.js": ("text/javascript", worker),
    }
    policy = "; ".join(f"{name} {sources}" for name, sources in WORKER_POLICY.items())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = files.get(self.path, ("text/plain", b""))
            self.send_response(200)
            for name, value in {**HEADERS, "Content-Security-Policy": policy}.items():
                self.send_header(name, value)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://localhost:{server.server_port}"
    yield Site(address, {"url": f"{address}/worker.js", "integrity": integrity(worker)})
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sealing(page: Page, site: Site) -> Iterator[Page]:
    """A page with the worker started, on which nothing may violate the policy."""
    violations: list[str] = []
    page.on("console", lambda said: violations.append(said.text) if said.type == "error" else None)
    page.goto(site.address)
    page.wait_for_function("window.sealing")
    page.evaluate("() => sealing.requireBrowser()")
    assert page.evaluate("script => sealing.start(script)", site.worker) == {"value": None}
    yield page
    assert violations == []


def test_a_bid_is_sealed_proven_read_and_removed(sealing: Page):
    sealed = sealing.evaluate("() => sealing.seal('bid', [24 * 1024 * 1024, 5])")
    size = sealed["manifest"]["ciphertext"]["size"]

    assert sealed["size"] == size > 24 * MIB
    assert sealed["progress"] >= 6
    assert sealed["last"] == {"done": size, "total": size}
    assert "value" in sealing.evaluate("() => sealing.prove('bid')")
    last = sealing.evaluate("at => sealing.piece('bid', at, 1000)", size - 10)
    assert last["length"] == 10
    whole = sealing.evaluate("size => sealing.piece('bid', 0, size)", size)
    assert whole == {"length": size, "sha256": sealed["manifest"]["ciphertext"]["sha256"]}
    assert sealing.evaluate("() => sealing.remove('bid')") == {"value": {}}
    assert sealing.evaluate("() => sealing.remove('bid')") == {"value": {}}
    assert sealing.evaluate("() => sealing.size('bid')") == {"size": None}


def test_the_proof_reads_what_the_device_really_holds(sealing: Page):
    size = sealing.evaluate("() => sealing.seal('bid', [3 * 1024 * 1024])")["size"]
    for at in (100, size // 2, size - 1):
        sealing.evaluate("at => sealing.spoil('bid', at)", at)
        assert sealing.evaluate("() => sealing.prove('bid')")["code"] == "envelope:closed"
        sealing.evaluate("at => sealing.spoil('bid', at)", at)
    assert "value" in sealing.evaluate("() => sealing.prove('bid')")


def test_sealing_again_leaves_nothing_of_the_longer_one(sealing: Page):
    sealing.evaluate("() => sealing.seal('bid', [3 * 1024 * 1024])")
    sealed = sealing.evaluate("() => sealing.seal('bid', [10])")

    assert sealed["size"] == sealed["manifest"]["ciphertext"]["size"] == 168 + 16 + 65_536 + 16


def test_a_key_is_wrapped_and_unwrapped_without_the_page_waiting(sealing: Page):
    result = sealing.evaluate("() => sealing.wrapInWorker()")

    assert result["same"]
    assert result["wrong"]["code"] == "key:passphrase"


def test_a_passkey_wraps_the_same_key_in_addition(sealing: Page, context: BrowserContext):
    devtools = context.new_cdp_session(sealing)
    devtools.send("WebAuthn.enable", {"enableUI": False})
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "ctap2Version": "ctap2_1",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
                "hasPrf": True,
            }
        },
    )

    result = sealing.evaluate("() => sealing.wrapByPasskey()")

    assert result["member"] == "budi"
    assert result["same"]
    assert result["wrong"]["code"] == "key:passkey"


def test_another_worker_than_the_published_one_never_starts(page: Page, site: Site):
    page.goto(site.address)
    page.wait_for_function("window.sealing")
    swapped = site.worker | {"integrity": integrity(b"another script")}

    started = page.evaluate("script => sealing.start(script)", swapped)

    assert "value" not in started
