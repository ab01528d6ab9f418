"""`make demo`: one tender, from the hand-over to the minutes, played in a real browser.

    make demo                                        in an LPSE of its own, in var/demo-lpse
    python3 tools/demo.py http://localhost:8000      in the one that `make run` serves

Screenshots, receipts and minutes are left in var/demo.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import environment
from children import HOST
from office import Office
from steps import VAR, Problem, main

HOME = VAR / "demo-lpse"
RESULT = VAR / "demo"
OUTSIDE = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "STORAGE_URL", "BASE_URL", "VAR_DIR")


def run() -> int:
    """Set up, play, say how long it took."""
    for wish in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(wish, _stop_wanted)
    for name in OUTSIDE:
        os.environ.pop(name, None)
    os.environ.setdefault("LEDGER_INTERVAL_SECONDS", "5")  # nobody likes to watch a pause
    print("Setting up", flush=True)
    environment.prepare(tests=True)
    os.environ["LPSE_CHROMIUM"] = str(environment.chromium())
    shutil.rmtree(RESULT, ignore_errors=True)
    running = sys.argv[1] if sys.argv[1:] else None
    office = Office(HOME, _free_port())
    with _alone():
        try:
            if running is None:
                office.start()
            begun = time.monotonic()
            print("\nPlaying one tender", flush=True)
            home = HOME if running is None else VAR
            office.call("tools/play.py", running or office.address, str(home), str(RESULT))
            print(
                f"\nPlayed in {time.monotonic() - begun:.0f} s. See {_near(RESULT)}/", flush=True
            )
        finally:
            for wish in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(wish, signal.SIG_IGN)
            office.stop()
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    with (HOME / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Problem("The demonstration is already being played.", "wait for it") from None
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _near(path: Path) -> Path:
    return path.relative_to(VAR.parent)


def _stop_wanted(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(run)
