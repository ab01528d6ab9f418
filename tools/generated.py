"""`make docs`: the pages that programs write. CI compares them with the committed ones."""

from __future__ import annotations

import sys

import check
import environment
from steps import VENV, call, main, step

PAGES = {
    "docs/states": ["manage.py", "state_diagrams"],
    # Says what the tests showed that ran last: run `make test` before.
    "docs/regulations.md": ["tools/regulations.py"],
}


def write(*options: str) -> int:
    """Write every generated page; with ``--check`` only compare."""
    for page, program in PAGES.items():
        with step(page):
            call(
                [VENV / "bin" / "python", *program, *options],
                cure="make docs, then commit what it wrote",
                env={**environment.tool_environment(), **check.UNUSED},
            )
    return 0


def _alone() -> int:
    environment.prepare(tests=True)
    return write(*sys.argv[1:])


if __name__ == "__main__":
    main(_alone)
