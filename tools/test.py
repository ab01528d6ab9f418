"""`make test`: everything is brought, the servers are started, the checks and all tests run.

python3 tools/test.py                                  all of it, as `make test` does
python3 tools/test.py tests/unit/bidding -k receipt    only these, handed on to pytest
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import check
import environment
import generated
import keeper
from steps import ROOT, VENV, Problem, main, say

JAVASCRIPT = "tests/js/*.test.mjs"
CLAUSES = ROOT / "var" / "clauses.json"
WORKERS = ["-n", "2", "--dist", "loadgroup"]


def run() -> int:
    """All, or what the arguments choose."""
    chosen = sys.argv[1:]
    started = time.monotonic()
    print("Preparing")
    environment.prepare(tests=True)
    browser = environment.chromium()
    outcomes = [] if chosen else [("checks", check.everything()), ("JavaScript", _javascript())]
    with keeper.for_tests() as addresses:
        ours = {
            **environment.tool_environment(),
            **({} if "DATABASE_URL" in os.environ else addresses),
            "LPSE_CHROMIUM": str(browser),
            "LPSE_TEST_RUN": str(os.getpid()),
            # The house tests ask git for the files, also in a clone that somebody else made.
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": str(ROOT),
        }
        outcomes.append(("Python", _pytest(chosen, ours) if chosen else _all_of_python(ours)))
    if chosen:
        return outcomes[0][1]
    outcomes.append(("generated pages", _generated_pages()))
    failed = [name for name, code in outcomes if code]
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All passed'}", end="")
    print(f" in {(time.monotonic() - started) / 60:.1f} minutes.", flush=True)
    return 1 if failed else 0


def _pytest(arguments: list[str], env: dict[str, str]) -> int:
    print("\nPython tests", flush=True)
    command = [str(VENV / "bin" / "python"), "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def _all_of_python(env: dict[str, str]) -> int:
    """Every test; what failed is asked once more, alone, and both verdicts stay on the screen.

    Tests of deadlines run beside a browser on two cores: one that is alone and fails again is
    wrong, one that passes then was late.
    """
    code = _pytest(WORKERS, env)
    if code != 1:
        return code
    shown = CLAUSES.read_text()
    say("What failed, once more and alone:")
    code = _pytest(["--last-failed", "--last-failed-no-failures", "none"], env)
    CLAUSES.write_text(shown)  # what the whole run showed
    return code


def _javascript() -> int:
    print("\nJavaScript tests", flush=True)
    files = sorted(ROOT.glob(JAVASCRIPT))
    if not files:
        say("none")
        return 0
    node = VENV / "bin" / "node"
    command = [str(part) for part in (node, "--test", "--test-reporter=spec", *files)]
    done = subprocess.run(command, cwd=ROOT, env=environment.tool_environment(), check=False)
    return done.returncode


def _generated_pages() -> int:
    """Whether the committed pages say what these tests showed."""
    print("\nGenerated pages", flush=True)
    try:
        return generated.write("--check")
    except Problem as problem:
        say(f"{problem} Cure: {problem.cure}")
        return 1


if __name__ == "__main__":
    main(run)
