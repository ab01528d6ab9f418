"""`make run`: the whole LPSE on this machine, in one foreground process tree.

    make run                                  on http://localhost:8000
    make run PORT=8100
    DATABASE_URL=… DATABASE_OWNER_URL=… REDIS_URL=… STORAGE_URL=… make run

The last form uses services that run elsewhere; nothing else changes.
"""

from __future__ import annotations

import fcntl
import os
import re
import signal
import time
from pathlib import Path
from typing import IO, Any

import environment
from children import is_free
from office import Office
from steps import VAR, Problem, main

HIGHEST_PORT = 65_535
IMPORTANT = re.compile(r"\b(ERROR|CRITICAL)\b|\[(error|critical) *\]")


def run() -> int:
    """Bring everything up, say where it is, and stay until Ctrl-C."""
    for wish in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(wish, _stop_wanted)
    print("Starting the LPSE", flush=True)
    VAR.mkdir(exist_ok=True)
    with (VAR / "run.lock").open("a+") as lock:
        port = _alone_on_its_port(lock)
        environment.prepare()
        office = Office(VAR, port)
        try:
            office.start()
            _greet(office)
            _stay(office)
        except KeyboardInterrupt:
            print("\nStopping", flush=True)
        finally:
            for wish in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(wish, signal.SIG_IGN)
            office.stop()
    return 0


def _alone_on_its_port(lock: IO[str]) -> int:
    """The port; refused when this clone is already served, or another program listens there."""
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) <= HIGHEST_PORT:
        raise Problem(f"PORT={text} is no port.", "make run PORT=8001")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise Problem(
            f"This clone is already running ({lock.read().strip() or 'just starting'}).",
            "use that one, or stop it with Ctrl-C where it was started",
        ) from None
    if not is_free(int(text)):
        raise Problem(
            f"Port {text} is taken by another program.", f"make run PORT={int(text) + 1}"
        )
    lock.truncate(0)
    lock.write(f"http://localhost:{text}, process {os.getpid()}")
    lock.flush()
    return int(text)


def _greet(office: Office) -> None:
    people = Path(office.environment["VAR_DIR"]) / "sample_people.txt"
    if people.exists():
        print(f"\n{people.read_text().rstrip()}")
    where = office.environment["BASE_URL"]
    print(f"\n  Open {where}   (Ctrl-C stops everything; logs are in var/log)\n", flush=True)


def _stay(office: Office) -> None:
    """Show what is important in the logs, until a program ends or a person wants to."""
    logs = {name: (office.log / f"{name}.log").open(errors="replace") for name in office.programs}
    try:
        while True:
            for name, log in logs.items():
                for line in log:
                    if IMPORTANT.search(line):
                        print(f"{name:>7} | {line.rstrip()}", flush=True)
            office.require_alive()
            time.sleep(0.5)
    finally:
        for log in logs.values():
            log.close()


def _stop_wanted(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(run)
