"""One readable line per step, and one line with its cure where something is wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
VENV = ROOT / ".venv"
LOGS = VAR / "log"


class Problem(Exception):
    """What is wrong, in one line, and what the reader can do about it."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.cure = cure


class Step:
    """A running step; ``note`` says more than that it is done."""

    def __init__(self) -> None:
        self.note = "done"
        self.remarks: list[str] = []


_running: list[Step] = []


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Say that ``title`` begins, and at its end how long it took."""
    started = time.monotonic()
    this = Step()
    _running.append(this)
    print(f"  {title} … ", end="", flush=True)
    try:
        yield this
    except BaseException:
        this.note = "failed"
        raise
    finally:
        _running.remove(this)
        print(f"{this.note} ({time.monotonic() - started:.1f} s)", flush=True)
        for remark in this.remarks:
            say(f"  {remark}")


def say(text: str) -> None:
    """Print a line that is not a step; inside a step it follows the step's own line."""
    if _running:
        _running[-1].remarks.append(text)
    else:
        print(f"  {text}", flush=True)


def call(
    command: Sequence[str | Path],
    *,
    cure: str,
    env: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> None:
    """Run a set-up program quietly; its words are kept, and shown only when it fails."""
    LOGS.mkdir(parents=True, exist_ok=True)
    name = Path(command[0]).name
    log = LOGS / f"setup-{name}.log"
    with log.open("w") as output:
        finished = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if finished.returncode:
        sys.stderr.write("\n" + last_lines(log, 12))
        raise Problem(f"{name} did not succeed (all it said is in {log}).", cure)


def last_lines(log: Path, count: int) -> str:
    """The end of a log, for a person who has to understand a failure."""
    if not log.exists():
        return ""
    lines = log.read_text(errors="replace").splitlines()[-count:]
    return "".join(f"    {line}\n" for line in lines)


def main(work: Callable[[], int]) -> None:
    """Run a command of the Makefile: a ``Problem`` is one line and its cure, never a traceback."""
    try:
        sys.exit(work())
    except Problem as problem:
        sys.stderr.write(f"\nStopped: {problem}\n   Cure: {problem.cure}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        sys.exit(130)
