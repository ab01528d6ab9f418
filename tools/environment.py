"""What a fresh machine lacks, brought once and only looked at afterwards.

Runs on the system's Python and its standard library: it is what installs everything else.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from steps import ROOT, VAR, VENV, Problem, call, main, step

OLDEST_PYTHON = (3, 11)
UV = VAR / "uv"
REQUIREMENTS = ROOT / "requirements"
DIST = ROOT / "static" / "dist"
MODULES = ROOT / "node_modules"

NETWORK = "check the connection to the package index, then run the same command again"
PANGO = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
PANGO_PACKAGES = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
FONT_PACKAGES = ["fonts-dejavu-core"]
FONT_FOLDERS = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"]
CHROMIUMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def prepare(*, tests: bool = False) -> None:
    """Bring everything ``make run`` needs; with ``tests`` also what ``make test`` needs."""
    if sys.version_info < OLDEST_PYTHON:
        raise Problem(
            f"Python 3.{sys.version_info.minor} is too old: 3.11 or later is needed.",
            "install a newer one and say which: make run PYTHON=python3.12",
        )
    _own_files()
    with _alone():
        _system_packages(tests=tests)
        _python_packages("dev" if tests else "app")
        _node_packages(tests=tests)
        _front_end()
        _translations()


def tool_environment() -> dict[str, str]:
    """The environment in which the programs of ``.venv`` find each other (npm finds node)."""
    return {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def chromium() -> Path:
    """A Chromium that starts: the system's, or Playwright's own; else one is installed.

    Debian has a package; Ubuntu's package of that name is a pointer to a snap, so there, and for
    who may not install packages, it is the one that Playwright brings.
    """
    playwright = VENV / "bin" / "playwright"
    root, debian = os.geteuid() == 0, _is_debian()
    cure = f"sudo {playwright} install-deps chromium"
    with step("Chromium") as this:
        found = _working_chromium()
        if found is None and root and debian:
            _apt(["chromium"])
            found = _working_chromium()
        if found is None:
            call(
                [playwright, "install", *(["--with-deps"] if root else []), "chromium"],
                cure="sudo apt-get install -y chromium" if debian else cure,
                env=tool_environment(),
            )
            found = _working_chromium()
        if found is None:
            raise Problem("Chromium misses libraries of the system and does not start.", cure)
        this.note = str(found)
    return found


def _own_files() -> None:
    """An earlier start as root leaves files that an ordinary user cannot replace."""
    VAR.mkdir(exist_ok=True)
    for path in (VAR, VENV, MODULES, DIST):
        if path.exists() and not os.access(path, os.W_OK):
            raise Problem(
                f"{path} belongs to another user (an earlier start as root?).",
                f"sudo chown -R {os.getuid()} {ROOT}",
            )


@contextmanager
def _alone() -> Iterator[None]:
    """Two commands started at once set up one after the other."""
    with (VAR / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _system_packages(*, tests: bool) -> None:
    """What no wheel brings; all of it named at once, so that one command of a person is enough."""
    with step("System packages") as this:
        missing = []
        if not _uv_is_there() and not all(map(importlib.util.find_spec, ("ensurepip", "venv"))):
            # Debian and Ubuntu take these two out of their Python and package them apart.
            missing += [f"python3.{sys.version_info.minor}-venv"]
        if not all(map(_loads, PANGO)):
            missing += PANGO_PACKAGES
        if not any(next(folder.rglob("*.[ot]tf"), None) for folder in FONT_FOLDERS):
            missing += FONT_PACKAGES
        if tests and shutil.which("git") is None:
            missing += ["git"]
        if missing:
            _apt(missing)
            this.note = f"installed {', '.join(missing)}"
        else:
            this.note = "present"


def _python_packages(wanted: str) -> None:
    with step("Python packages") as this:
        stamp = VENV / ".installed"
        installed = stamp.read_text() if stamp.exists() else ""
        states = {
            kind: f"{kind} {_digest([REQUIREMENTS / f'{kind}.txt'])}" for kind in ("app", "dev")
        }
        # dev.txt holds all of app.txt: who has run the tests need not reinstall to run.
        enough = {states["dev"], states[wanted]}
        if installed in enough and (VENV / "bin" / "python").exists():
            this.note = "unchanged"
            return
        uv = _uv()
        if not (VENV / "bin" / "python").exists():
            call([uv, "venv", "--python", sys.executable, "--clear", VENV], cure=NETWORK)
        kind = "dev" if installed.startswith("dev") else wanted
        call(
            [
                *(uv, "pip", "sync", "--require-hashes"),
                *("--python", VENV / "bin" / "python"),
                REQUIREMENTS / f"{kind}.txt",
            ],
            cure=NETWORK,
        )
        stamp.write_text(states[kind])
        this.note = "installed"


def _uv_is_there() -> bool:
    stamp = UV / ".installed"
    state = _digest([REQUIREMENTS / "uv.txt"])
    return (UV / "bin" / "uv").exists() and stamp.exists() and stamp.read_text() == state


def _uv() -> Path:
    """uv, from its own hashed requirement, in a small environment of its own."""
    requirement = REQUIREMENTS / "uv.txt"
    if not _uv_is_there():
        call([sys.executable, "-m", "venv", "--clear", UV], cure=f"remove {UV} and try again")
        call(
            [
                *(UV / "bin" / "python", "-m", "pip", "install", "--quiet"),
                *("--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"),
                *("--require-hashes", "--requirement", requirement),
            ],
            cure=NETWORK,
        )
        (UV / ".installed").write_text(_digest([requirement]))
    return UV / "bin" / "uv"


def _node_packages(*, tests: bool) -> None:
    with step("Browser packages") as this:
        stamp = MODULES / ".installed"
        installed = stamp.read_text() if stamp.exists() else ""
        lock = _digest([ROOT / "package-lock.json"])
        if installed == f"all {lock}" or (installed == f"app {lock}" and not tests):
            this.note = "unchanged"
            return
        everything = tests or installed.startswith("all")
        call(
            [VENV / "bin" / "npm", "ci", *([] if everything else ["--omit=dev"])],
            cure=NETWORK,
            env=tool_environment(),
        )
        stamp.write_text(f"{'all' if everything else 'app'} {lock}")
        this.note = "installed"


def _front_end() -> None:
    with step("Front end") as this:
        stamp = DIST / ".inputs"
        builder = ROOT / "tools" / "build_frontend.mjs"
        sources = [
            *_files("static/js"),
            *_files("static/scss"),
            builder,
            ROOT / "package-lock.json",
        ]
        inputs = _digest(sources)
        if stamp.exists() and stamp.read_text() == inputs:
            this.note = "unchanged"
            return
        call(
            [VENV / "bin" / "node", builder],
            cure="mend what the last lines name, then run the same command again",
            env=tool_environment(),
        )
        stamp.write_text(inputs)
        this.note = "bundled"


def _translations() -> None:
    """Compile the catalogues with Babel, so that no gettext of the system is needed."""
    catalogues = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    stale = [po for po in catalogues if _age(po.with_suffix(".mo")) < _age(po)]
    if not stale:
        return
    with step("Translations") as this:
        call(
            [VENV / "bin" / "python", ROOT / "tools" / "messages.py", "compile"],
            cure=f"mend {', '.join(str(po) for po in stale)}",
        )
        this.note = "compiled"


def _working_chromium() -> Path | None:
    named = os.environ.get("LPSE_CHROMIUM")
    own = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    places = [Path(named)] if named else []
    places += [Path(path) for name in CHROMIUMS if (path := shutil.which(name))]
    places += sorted(own.glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    return next((place for place in places if _starts(place)), None)


def _starts(program: Path) -> bool:
    """Whether it is a browser: Ubuntu's package of that name is only a pointer to a snap."""
    try:
        asked = subprocess.run(
            [program, "--version"], capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and b"Chrom" in asked.stdout


def _is_debian() -> bool:
    release = Path("/etc/os-release")
    lines = release.read_text().splitlines() if release.exists() else []
    return "ID=debian" in lines


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _apt(packages: list[str]) -> None:
    """Install with apt where we may, otherwise name the one command that does."""
    command = f"apt-get install -y {' '.join(packages)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Problem(f"The system misses {', '.join(packages)}.", f"sudo {command}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    call(["apt-get", "update"], cure=NETWORK, env=quiet)
    call(
        ["apt-get", "install", "-y", "--no-install-recommends", *packages],
        cure=command,
        env=quiet,
    )


def _files(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*") if path.is_file())


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _age(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


def _build() -> int:
    prepare()
    return 0


if __name__ == "__main__":
    main(_build)
