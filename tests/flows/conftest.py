"""The browser of the flows: the one that `make` found or brought."""

from __future__ import annotations

import os
from typing import Any

import pytest

# Playwright's synchronous interface keeps an event loop in the test's thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    own = os.environ.get("LPSE_CHROMIUM")
    return {
        **browser_type_launch_args,
        **({"executable_path": own} if own else {}),
        # As root it cannot have its sandbox.
        "args": [] if os.geteuid() else ["--no-sandbox"],
    }


@pytest.fixture(scope="session")
def base_url() -> str:
    """Addresses are whole; the plugin's own fixture of this name warns under today's pytest."""
    return ""
