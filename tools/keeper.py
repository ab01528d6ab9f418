"""Throw-away servers that all test runs of this clone share, and who turns them off."""

from __future__ import annotations

import fcntl
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from servers import Servers, write_private
from steps import LOGS, ROOT, VAR, Problem, last_lines, main, step

TEST_HOME = VAR / "test"


@contextmanager
def for_tests() -> Iterator[dict[str, str]]:
    """The addresses of throw-away servers. Runs at the same time share them; the last one out
    ends them, however it ends: what each run holds is a lock of the kernel.
    """
    TEST_HOME.mkdir(parents=True, exist_ok=True)
    addresses = TEST_HOME / "addresses.json"
    with (TEST_HOME / "users.lock").open("w") as users:
        with (TEST_HOME / "start.lock").open("w") as start, step("Test servers") as this:
            fcntl.flock(start, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            if addresses.exists() and _keeper_lives():
                this.note = "shared with another run"
            else:
                addresses.unlink(missing_ok=True)
                _start_keeper(addresses)
        yield json.loads(addresses.read_text())


def _keeper_lives() -> bool:
    with (TEST_HOME / "keeper.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _start_keeper(addresses: Path) -> None:
    log = LOGS / "test" / "keeper.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        keeper = subprocess.Popen(
            [sys.executable, __file__, "keep"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    while not addresses.exists():
        if keeper.poll() is not None:
            sys.stderr.write("\n" + last_lines(log, 12))
            raise Problem("The test servers did not start.", f"read {log}; or remove {TEST_HOME}")
        time.sleep(0.05)


def _keep() -> int:
    """Hold the test servers until no run holds the users' lock any more."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with (
        (TEST_HOME / "keeper.lock").open("w") as alive,
        (TEST_HOME / "users.lock").open("w") as users,
    ):
        fcntl.flock(alive, fcntl.LOCK_EX)
        servers = Servers(TEST_HOME, throwaway=True)
        try:
            servers.start()
            servers.drop_test_databases()
            write_private(TEST_HOME / "addresses.json", json.dumps(servers.environment()))
            while not _free(users) and servers.failed() is None:
                time.sleep(0.3)
        finally:
            (TEST_HOME / "addresses.json").unlink(missing_ok=True)
            servers.stop()
    return 0


def _free(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    if sys.argv[1:] != ["keep"]:
        sys.exit("usage: keeper.py keep   (started by tools/test.py)")
    main(_keep)
