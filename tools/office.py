"""One LPSE as processes: its servers, its settings, web, worker and beat, in a folder of its own.

``tools/run.py`` stays in front of the one a person works with; ``tools/demo.py`` plays in another.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import environment
import servers
from children import HOST, start_child, stop_child
from steps import ROOT, VAR, VENV, Problem, last_lines, step

START_SECONDS = 90.0
PYTHON = VENV / "bin" / "python"


class Office:
    """Everything that runs for one LPSE; ``home`` holds all that it writes."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self.log = home / "log"
        self.address = f"http://localhost:{port}"
        self.servers = servers.Servers(home)
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = self._settings()

    def start(self) -> None:
        """Servers, schema, keys and sample people, then the programs; ready when it answers."""
        self.servers.start(
            postgres="DATABASE_URL" not in self.environment,
            valkey="REDIS_URL" not in self.environment,
        )
        self.environment |= self.servers.environment()
        self._leave_for_manage()
        self.call("tools/bring_up.py")
        with step("Web") as this:
            self._start_web()
            this.note = "ready"
        with step("Worker and beat") as this:
            self._start_celery()
            this.note = "started"

    def stop(self) -> None:
        """What asks first, what answers last."""
        for program in self.programs.values():
            if program.poll() is None:
                program.terminate()
        for program in self.programs.values():
            stop_child(program, first=signal.SIGTERM, last=signal.SIGQUIT)
        self.servers.stop()

    def call(self, program: str, *arguments: str) -> None:
        """Run one of our programs as this office; it says itself what is wrong."""
        command: list[str | Path] = [PYTHON, ROOT / program, *arguments]
        if subprocess.run(command, cwd=ROOT, env=self.environment, check=False).returncode:
            raise SystemExit(1)

    def require_alive(self) -> None:
        """``Problem`` when something of it ended by itself."""
        for name, program in self.programs.items():
            if program.poll() is not None:
                log = self.log / f"{name}.log"
                sys.stderr.write("\n" + last_lines(log, 12))
                raise Problem(
                    f"{name} ended by itself (status {program.returncode}).", f"read {log}"
                )
        if failed := self.servers.failed():
            raise Problem(f"{failed} ended by itself.", f"read {self.log / failed}.log")

    # --- how ----------------------------------------------------------------------------------

    def _settings(self) -> dict[str, str]:
        """The environment of every program of ours."""
        if ("DATABASE_URL" in os.environ) != ("DATABASE_OWNER_URL" in os.environ):
            raise Problem(
                "Of DATABASE_URL and DATABASE_OWNER_URL only one is set.",
                "set both: the role the application works with, and the role that owns the tables",
            )
        defaults = {
            "BASE_URL": self.address,
            "VAR_DIR": str(self.home),
            "SAMPLE_INSTALLATION": "true",
            **({} if "SECRET_KEY_FILE" in os.environ else {"SECRET_KEY": self._secret_key()}),
        }
        always = {
            "DJANGO_SETTINGS_MODULE": "lpse.conf.settings",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        return {**defaults, **environment.tool_environment(), **always}

    def _secret_key(self) -> str:
        path = self.home / "secret_key"
        if not path.exists():
            servers.write_private(path, secrets.token_urlsafe(60))
        return path.read_text()

    def _leave_for_manage(self) -> None:
        """What ``manage.py`` in a second terminal needs (``lpse/conf/settings.py`` reads it)."""
        if self.home != VAR:
            return
        ours = self.environment
        names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "BASE_URL", "SECRET_KEY")
        lines = [
            f"{name}={ours[name]}\n" for name in (*names, "SAMPLE_INSTALLATION") if name in ours
        ]
        servers.write_private(self.home / "environment", "".join(lines))

    def _start_web(self) -> None:
        """Before the others, which nobody waits for: starting Django costs seconds of a core."""
        self._start_program(
            "web",
            VENV / "bin" / "granian",
            *("--interface", "wsgi", "lpse.conf.wsgi:application"),
            *("--host", HOST, "--port", str(self.port), "--no-ws"),
            *("--workers", "2", "--blocking-threads", "8"),
        )
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            self.require_alive()
            if time.monotonic() > until:
                raise Problem("The web server does not answer.", f"read {self.log / 'web.log'}")
            time.sleep(0.2)

    def _start_celery(self) -> None:
        celery = (VENV / "bin" / "celery", "-A", "lpse.conf.celery")
        alone = ("--without-gossip", "--without-mingle")  # there is no other worker to hear
        schedule = self.home / "beat.schedule"
        info = ("--loglevel", "INFO")
        self._start_program("worker", *celery, "worker", *info, "--concurrency", "2", *alone)
        self._start_program("beat", *celery, "beat", *info, "--pidfile=", "-s", schedule)

    def _start_program(self, name: str, *command: str | Path) -> None:
        log = self.log / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".earlier.log"))
        self.programs[name] = start_child(command, log=log, env=self.environment)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.address}/", timeout=30).close()  # noqa: S310 - our own
        except urllib.error.HTTPError:
            return True  # it serves; what is wrong with the page is in its log
        except OSError:
            return False
        return True
