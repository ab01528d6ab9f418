"""Every component in a real browser: axe, the policy, narrow screens, the keyboard, the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from lpse import navigation
from lpse.navigation import Area, Waiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.gallery.urls"),
]

AREAS = ["public", "provider", "officer"]
WIDTHS = [1280, 360]

SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, summary, input, select")]
  .filter((e) => getComputedStyle(e).display !== "inline" && e.type !== "hidden")
  .filter((e) => !(e.labels && e.labels.length))
  .map((e) => [e.getBoundingClientRect(), e.outerHTML.slice(0, 100)])
  .filter(([r]) => r.width && (r.width < 24 || r.height < 24))
  .map(([, html]) => html)"""

HIDDEN_FOCUS = """() => {
  const e = document.activeElement;
  const r = e.getBoundingClientRect();
  const top = document.elementFromPoint(r.left + Math.min(r.width / 2, 20), r.top + r.height / 2);
  return top && !e.contains(top) && !top.contains(e) ? e.outerHTML.slice(0, 100) : null;
}"""


@pytest.fixture(autouse=True)
def _menus_of_the_gallery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_entries", {area: [] for area in Area})
    monkeypatch.setattr(navigation, "_queues", [lambda _user: [Waiting("Answer a question", "?")]])


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """Whatever the browser says on its console; nothing may be left in it at the end."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield said
    assert said == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("area", AREAS)
def test_axe_finds_nothing(
    browser: Browser, live_server: LiveServer, area: str, width: int
) -> None:
    # Only axe itself, which is injected, needs the policy out of its way.
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{live_server.url}/gallery/{area}/")

    found: dict[str, Any] = Axe().run(page).response

    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
    context.close()


@pytest.mark.parametrize("area", AREAS)
def test_it_fits_a_small_phone_and_every_target_can_be_hit(
    page: Page, live_server: LiveServer, complaints: list[str], area: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{live_server.url}/gallery/{area}/")

    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate(SMALL_TARGETS) == []


def test_the_focus_is_never_under_a_sticky_head(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    page.set_viewport_size({"width": 1280, "height": 400})
    page.goto(f"{live_server.url}/gallery/officer/")
    stops = page.locator("a, button, summary, input, select, textarea").count()
    page.locator("form .btn-primary").last.focus()

    hidden = []
    for _stop in range(stops):
        page.keyboard.press("Shift+Tab")
        hidden.append(page.evaluate(HIDDEN_FOCUS))

    assert [h for h in hidden if h] == []


def test_the_first_stop_skips_to_the_content(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/nowhere/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("#content")).to_be_focused()


def test_after_an_error_the_summary_has_the_focus_and_the_title_says_so(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    page.goto(f"{live_server.url}/gallery/provider/")

    expect(page.locator(".error-summary")).to_be_focused()
    assert page.title().startswith("Kesalahan:") or page.title().startswith("Error:")
    page.locator(".error-summary a").first.click()
    expect(page.locator("#id_title")).to_be_focused()


def test_a_question_opens_closes_with_escape_and_gives_the_focus_back(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    page.goto(f"{live_server.url}/gallery/provider/")
    summary = page.locator(".confirm > summary")

    summary.click()
    expect(page.locator(".confirm-body")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    expect(page.locator(".confirm-body")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_menu_of_a_phone_opens_without_a_script(
    browser: Browser, live_server: LiveServer
) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 640}
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/gallery/public/")
    expect(page.locator("#menu")).to_be_hidden()

    page.locator(".menu-button").click()
    expect(page.locator("#menu")).to_be_visible()
    page.locator(".menu-close").click()

    expect(page.locator("#menu")).to_be_hidden()
    context.close()


def test_the_clock_ticks_by_the_server_whatever_the_computer_believes(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    page.add_init_script("Date.now = () => 946684800000")
    page.goto(f"{live_server.url}/gallery/public/")
    told = page.locator("[data-now]").get_attribute("data-now")
    assert told is not None
    first = page.locator("[data-now] time").get_attribute("datetime")

    page.wait_for_function(
        "first => document.querySelector('[data-now] time').dateTime !== first", arg=first
    )

    shown = page.locator("[data-now] time").get_attribute("datetime")
    gap = page.evaluate("([a, b]) => Date.parse(a) - Date.parse(b)", [shown, told])
    assert 0 < gap < 10_000


def test_after_a_sleep_the_page_asks_for_the_time_again(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    page.goto(f"{live_server.url}/gallery/public/")

    with page.expect_response("**/clock") as answer:
        page.evaluate(
            """() => {
              const real = Date.now;
              Date.now = () => real() + 3600000;
              document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )

    assert answer.value.ok


def test_a_digest_can_be_copied(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{live_server.url}/gallery/public/")
    page.locator(".fingerprint > summary").first.click()

    page.locator("[data-copy]").first.click()

    expect(page.locator("[data-copy]").first).to_contain_text(re.compile("Tersalin|Copied"))
    assert page.evaluate("navigator.clipboard.readText()") == "9f2c41d07be35a88" * 4
    context.close()
