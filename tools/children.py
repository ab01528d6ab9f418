"""Programs that we start, and that end with us, whatever ends us."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steps import ROOT, Problem, say

ACCOUNT = "lpse-db"
HOST = "127.0.0.1"
STOP_SECONDS = 15.0
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Account:
    """Who the servers run as when we are root."""

    name: str
    uid: int
    gid: int


def start_child(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: dict[str, str] | None = None,
    account: Account | None = None,
    farewell: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program that gets ``farewell`` when we die, and only hears Ctrl-C from us.

    A session of its own keeps the terminal's Ctrl-C away from it, so that we can stop
    everything in the right order.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    parent = os.getpid()

    def settle() -> None:
        # After the change of user: the kernel forgets the wish when credentials change.
        _libc.prctl(PR_SET_PDEATHSIG, int(farewell))
        if os.getppid() != parent:
            os._exit(1)

    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            cwd="/" if account else ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=settle,  # noqa: PLW1509 - no thread of ours runs
            **acting_as(account),
        )


def stop_child(
    child: subprocess.Popen[bytes], *, first: signal.Signals, last: signal.Signals
) -> None:
    """Ask, wait, insist."""
    for wish in (first, last, signal.SIGKILL):
        if child.poll() is not None:
            return
        child.send_signal(wish)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def acting_as(account: Account | None) -> dict[str, Any]:
    """The arguments with which ``subprocess`` becomes that account."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def account_for(data: Path) -> Account | None:
    """Nobody else when we are not root; else the owner of the data, of the clone, or our own."""
    if os.geteuid() != 0:
        return None
    for path in (data, ROOT):
        if path.exists() and (uid := path.stat().st_uid) != 0:
            try:
                known = pwd.getpwuid(uid)
            except KeyError:
                continue  # a folder of a machine we do not know
            return Account(known.pw_name, known.pw_uid, known.pw_gid)
    try:
        ours = pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(
            [
                *("useradd", "--system", "--user-group", "--no-create-home"),
                *("--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", ACCOUNT),
            ],
            check=True,
        )
        ours = pwd.getpwnam(ACCOUNT)
    return Account(ours.pw_name, ours.pw_uid, ours.pw_gid)


def is_free(port: int, host: str = HOST) -> bool:
    """Whether we could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def clear_away(pid_file: Path, mark: str, farewell: signal.Signals) -> None:
    """Stop what a killed run left behind, and wait until nothing works in its folder.

    A pid file of a process that is gone stays: PostgreSQL itself knows what to do then. One whose
    number now belongs to another program would keep PostgreSQL from starting for ever.
    """
    text = pid_file.read_text() if pid_file.exists() else ""
    pid = int(line) if (line := text.split("\n", 1)[0].strip()).isdigit() else 0
    if pid and mark in _command_line(pid):
        say(f"stopping a server that an earlier run left, process {pid}")
        os.kill(pid, farewell)
        _until_gone(lambda: [pid] if Path(f"/proc/{pid}").exists() else [])
    _until_gone(lambda: _working_in(pid_file.parent))
    if pid and _command_line(pid):
        say(f"forgetting a stale pid file: process {pid} is another program now")
        pid_file.unlink(missing_ok=True)


def _until_gone(remaining: Callable[[], list[int]]) -> None:
    until = time.monotonic() + STOP_SECONDS
    while left := remaining():
        if time.monotonic() > until:
            numbers = " ".join(str(pid) for pid in left)
            raise Problem("A server of an earlier run does not stop.", f"kill -9 {numbers}")
        time.sleep(0.05)


def _working_in(folder: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:
            continue  # gone meanwhile, or somebody else's
    return found


def _command_line(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return words.replace(b"\0", b" ").decode(errors="replace")
