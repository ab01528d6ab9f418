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
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Any

import environment
import servers
from children import HOST, is_free, start_child, stop_child
from steps import LOGS, PEOPLE, ROOT, VAR, VENV, Problem, last_lines, main, step

START_SECONDS = 90.0
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
        ours = _settings(port)
        own = servers.Servers(VAR)
        programs: dict[str, subprocess.Popen[bytes]] = {}
        try:
            own.start(
                postgres="DATABASE_URL" not in os.environ, valkey="REDIS_URL" not in os.environ
            )
            ours |= own.environment()
            _leave_for_manage(ours)
            _bring_up(ours)
            _start(programs, ours, port)
            _greet(ours["BASE_URL"])
            return _stay(programs, own)
        except KeyboardInterrupt:
            print("\nStopping", flush=True)
            return 0
        finally:
            _stop(programs, own)


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


def _settings(port: int) -> dict[str, str]:
    """The environment of every program of ours."""
    if ("DATABASE_URL" in os.environ) != ("DATABASE_OWNER_URL" in os.environ):
        raise Problem(
            "Of DATABASE_URL and DATABASE_OWNER_URL only one is set.",
            "set both: the role the application works with, and the role that owns the tables",
        )
    defaults = {
        "BASE_URL": f"http://localhost:{port}",
        "SAMPLE_INSTALLATION": "true",
        **({} if "SECRET_KEY_FILE" in os.environ else {"SECRET_KEY": _secret_key()}),
    }
    always = {
        "DJANGO_SETTINGS_MODULE": "lpse.conf.settings",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    return {**defaults, **environment.tool_environment(), **always}


def _secret_key() -> str:
    path = VAR / "secret_key"
    if not path.exists():
        servers.write_private(path, secrets.token_urlsafe(60))
    return path.read_text()


def _leave_for_manage(ours: dict[str, str]) -> None:
    """What ``manage.py`` in a second terminal needs (``lpse/conf/settings.py`` reads it)."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "BASE_URL", "SECRET_KEY")
    lines = [f"{name}={ours[name]}\n" for name in (*names, "SAMPLE_INSTALLATION") if name in ours]
    servers.write_private(VAR / "environment", "".join(lines))


def _bring_up(ours: dict[str, str]) -> None:
    command = [VENV / "bin" / "python", ROOT / "tools" / "bring_up.py"]
    if subprocess.run(command, cwd=ROOT, env=ours, check=False).returncode:
        raise SystemExit(1)  # it has said why


def _start(programs: dict[str, subprocess.Popen[bytes]], ours: dict[str, str], port: int) -> None:
    """Web, worker and beat; ready when the first page is answered."""
    celery: list[str | Path] = [VENV / "bin" / "celery", "-A", "lpse.conf.celery"]
    commands: dict[str, list[str | Path]] = {
        "web": [
            VENV / "bin" / "granian",
            *("--interface", "wsgi", "lpse.conf.wsgi:application"),
            *("--host", HOST, "--port", str(port), "--no-ws"),
            *("--workers", "2", "--blocking-threads", "8"),
        ],
        "worker": [
            *celery,
            *("worker", "--loglevel", "INFO", "--concurrency", "2"),
            *("--without-gossip", "--without-mingle"),
        ],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile=", "-s", VAR / "beat.schedule"],
    }
    with step("Web, worker and beat") as this:
        for name, command in commands.items():
            log = LOGS / f"{name}.log"
            if log.exists():
                log.replace(log.with_suffix(".earlier.log"))
            programs[name] = start_child(command, log=log, env=ours)
        until = time.monotonic() + START_SECONDS
        while not _answers(port):
            _all_alive(programs)
            if time.monotonic() > until:
                raise Problem("The web server does not answer.", f"read {LOGS / 'web.log'}")
            time.sleep(0.2)
        this.note = "ready"


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://localhost:{port}/", timeout=30).close()
    except urllib.error.HTTPError:
        return True  # it serves; what is wrong with the page is in its log
    except OSError:
        return False
    return True


def _greet(address: str) -> None:
    if PEOPLE.exists():
        print(f"\n{PEOPLE.read_text().rstrip()}")
    print(f"\n  Open {address}   (Ctrl-C stops everything; logs are in var/log)\n", flush=True)


def _stay(programs: dict[str, subprocess.Popen[bytes]], own: servers.Servers) -> int:
    """Show what is important in the logs, until a program ends or a person wants to."""
    logs = {name: (LOGS / f"{name}.log").open(errors="replace") for name in programs}
    try:
        while True:
            for name, log in logs.items():
                for line in log:
                    if IMPORTANT.search(line):
                        print(f"{name:>7} | {line.rstrip()}", flush=True)
            _all_alive(programs)
            if failed := own.failed():
                raise Problem(f"{failed} ended by itself.", f"read {LOGS / failed}.log")
            time.sleep(0.5)
    finally:
        for log in logs.values():
            log.close()


def _all_alive(programs: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, program in programs.items():
        if program.poll() is not None:
            log = LOGS / f"{name}.log"
            sys.stderr.write("\n" + last_lines(log, 12))
            raise Problem(f"{name} ended by itself (status {program.returncode}).", f"read {log}")


def _stop(programs: dict[str, subprocess.Popen[bytes]], own: servers.Servers) -> None:
    """What asks first, what answers last."""
    for wish in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wish, signal.SIG_IGN)
    for program in programs.values():
        if program.poll() is None:
            program.terminate()
    for program in programs.values():
        stop_child(program, first=signal.SIGTERM, last=signal.SIGQUIT)
    own.stop()


def _stop_wanted(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(run)
