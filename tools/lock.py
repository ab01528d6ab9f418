"""`make lock`: resolve the requirements anew. Hashes are written down, addresses never."""

from __future__ import annotations

import environment
from steps import VENV, call, main, step

OPTIONS = ["--quiet", "--upgrade", "--generate-hashes", "--universal", "--no-header"]
# What the tests run on is what the application runs on.
CONSTRAINTS: dict[str, list[str]] = {"uv": [], "app": [], "dev": ["--constraint", "app.txt"]}


def lock() -> int:
    """Compile the three requirement files, then the browser's lock file."""
    environment.prepare()
    for name, constraint in CONSTRAINTS.items():
        with step(f"requirements/{name}.txt"):
            call(
                [
                    environment.UV / "bin" / "uv",
                    *("pip", "compile", *OPTIONS, *constraint),
                    *("--python-version", "3.11", f"{name}.in", "--output-file", f"{name}.txt"),
                ],
                cure=environment.NETWORK,
                folder=environment.REQUIREMENTS,
            )
    with step("package-lock.json"):
        call(
            [VENV / "bin" / "npm", "install", "--package-lock-only"],
            cure=environment.NETWORK,
            env=environment.tool_environment(),
        )
    return 0


if __name__ == "__main__":
    main(lock)
