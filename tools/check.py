"""`make check`: what a reader may take for granted; `make fix` mends what a tool can mend."""

from __future__ import annotations

import subprocess
import sys

import environment
from steps import ROOT, VENV, main, step

TEMPLATES = "templates"
# Enough for the settings to be read by the type checker; nothing is reached with them.
UNUSED = {
    "SECRET_KEY": "unused-by-the-checks",
    "DATABASE_URL": "postgres://unused@127.0.0.1/unused",
    "REDIS_URL": "redis://127.0.0.1/0",
}
CHECKS: dict[str, list[str]] = {
    "ruff": ["ruff", "check", "--quiet", "."],
    "format": ["ruff", "format", "--quiet", "--check", "."],
    "templates": ["djangofmt", "check", TEMPLATES],
    "translations": ["python", "tools/messages.py", "missing"],
    "imports": ["lint-imports", "--no-cache"],
    "types": ["mypy"],
    "types of the tools": ["mypy", "tools", "deploy", "verify"],
}
FIXES: dict[str, list[str]] = {
    "ruff": ["ruff", "check", "--quiet", "--fix", "."],
    "format": ["ruff", "format", "--quiet", "."],
    "templates": ["djangofmt", "check", "--fix", TEMPLATES],
}


def everything() -> int:
    """Run every check, even after one failed; 0 when all are clean."""
    print("\nChecks", flush=True)
    verdicts = [_clean(name, command) for name, command in CHECKS.items()]
    return 0 if all(verdicts) else 1


def fix() -> int:
    """Mend what the tools can mend."""
    for command in FIXES.values():
        subprocess.run([VENV / "bin" / command[0], *command[1:]], cwd=ROOT, check=False)
    return 0


def _clean(name: str, command: list[str]) -> bool:
    with step(name) as this:
        done = subprocess.run(
            [VENV / "bin" / command[0], *command[1:]],
            cwd=ROOT,
            env={**environment.tool_environment(), **UNUSED},
            capture_output=True,
            text=True,
            check=False,
        )
        this.note = "clean" if done.returncode == 0 else "NOT CLEAN"
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def _alone() -> int:
    environment.prepare(tests=True)
    return fix() if "--fix" in sys.argv else everything()


if __name__ == "__main__":
    main(_alone)
