from __future__ import annotations

import pytest

from lpse.sealing import at_rest


def test_what_was_locked_opens_again() -> None:
    assert at_rest.unlock(at_rest.lock("rahasia ✓", "test"), "test") == "rahasia ✓"


def test_the_same_text_is_locked_differently_each_time() -> None:
    assert at_rest.lock("rahasia", "test") != at_rest.lock("rahasia", "test")


def test_it_opens_for_its_purpose_only() -> None:
    with pytest.raises(ValueError, match="opens"):
        at_rest.unlock(at_rest.lock("rahasia", "one purpose"), "another")


def test_one_altered_character_is_fatal() -> None:
    locked = at_rest.lock("rahasia", "test")
    altered = locked[:10] + ("A" if locked[10] != "A" else "B") + locked[11:]

    with pytest.raises(ValueError, match="opens"):
        at_rest.unlock(altered, "test")


def test_plain_text_is_not_taken_for_locked() -> None:
    with pytest.raises(ValueError, match="not locked"):
        at_rest.unlock("JBSWY3DPEHPK3PXP", "test")
