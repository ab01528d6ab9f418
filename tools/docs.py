"""`make docs`: the pages that are written by programs, and compared with the committed ones in CI."""

from __future__ import annotations

import sys

import check
import environment
from steps import ROOT, VENV, call, main, step

PAGES = {
    "docs/states": ["manage.py", "state_diagrams"],
    # Says what the tests showed that ran last: run `make test` before.
    "docs/regulations.md": ["tools/regulations.py"],
}


def docs() -> int:
    """Write every generated page; with ``--check`` only compare."""
    environment.prepare(tests=True)
    for page, program in PAGES.items():
        with step(page):
            call(
                [VENV / "bin" / "python", *program, *sys.argv[1:]],
                cure="make docs, then commit what it wrote",
                env={**environment.tool_environment(), **check.UNUSED},
                folder=ROOT,
            )
    return 0


if __name__ == "__main__":
    main(docs)
