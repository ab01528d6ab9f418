"""Collects which clauses of the regulation the passing tests show (``make docs`` prints them)."""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
RESULT = ROOT / "var" / "clauses.json"
KNOWN = {row["id"] for row in tomllib.loads((ROOT / "docs/clauses.toml").read_text())["clause"]}

_verdicts: dict[str, dict[str, bool]] = defaultdict(dict)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("clause"):
            for number in mark.args:
                if number not in KNOWN:
                    raise pytest.UsageError(
                        f"{item.nodeid}: the regulation has no clause {number}"
                    )
                item.user_properties.append(("clause", number))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for kind, number in report.user_properties:
        if kind == "clause":
            test = report.nodeid.split("[")[0]
            before = _verdicts[str(number)].get(test)
            if not report.passed:  # skipped shows nothing, a failure in any phase is one
                _verdicts[str(number)][test] = False
            elif report.when == "call":
                _verdicts[str(number)][test] = before is not False


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        return  # the controller of a parallel run has seen every report
    shown = {
        clause: sorted(test for test, passed in tests.items() if passed)
        for clause, tests in sorted(_verdicts.items())
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(shown, indent=1))
