from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation
from pytest_django import Settings

from lpse import middleware
from lpse.conf import settings as production


def answer(_request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    return HttpResponse("ok")


def policy_of(response: HttpResponse) -> dict[str, str]:
    parts = response["Content-Security-Policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


def test_nothing_inline_nothing_evaluated_nothing_from_elsewhere() -> None:
    response = middleware.security_headers(answer)(RequestFactory().get("/"))

    policy = policy_of(response)  # type: ignore[arg-type]
    assert policy["default-src"] == "'none'"
    assert {policy[d] for d in ("script-src", "style-src", "img-src", "connect-src")} == {"'self'"}
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "data:" not in response["Content-Security-Policy"]
    assert response["Integrity-Policy"] == "blocked-destinations=(script)"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_only_a_page_with_a_worker_may_start_one_from_a_blob() -> None:
    relaxed = middleware.security_headers(middleware.uses_worker(answer))
    plain, worker = (
        policy_of(handler(RequestFactory().get("/")))  # type: ignore[arg-type]
        for handler in (middleware.security_headers(answer), relaxed)
    )

    assert {
        name: (plain[name], worker[name]) for name in plain if plain[name] != worker[name]
    } == {
        "worker-src": ("'self'", "'self' blob:"),
        "trusted-types": ("'none'", "worker"),
    }


@pytest.mark.parametrize("given", ["", "short", "with spaces in it", "<script>alert(1)</script>"])
def test_a_request_gets_a_name_of_ours_unless_it_brings_a_proper_one(given: str) -> None:
    request = RequestFactory().get("/", headers={"X-Request-ID": given})

    response = middleware.request_id(answer)(request)

    assert response["X-Request-ID"] != given
    assert len(response["X-Request-ID"]) == 36


def test_a_request_keeps_the_name_the_proxy_gave_it() -> None:
    request = RequestFactory().get("/", headers={"X-Request-ID": "4bf92f3577b34da6"})

    assert middleware.request_id(answer)(request)["X-Request-ID"] == "4bf92f3577b34da6"


@pytest.mark.parametrize(
    ("cookie", "language"), [("en", "en"), ("id", "id"), ("", "id"), ("xx", "id")]
)
def test_a_page_is_indonesian_unless_the_reader_chose_otherwise(
    cookie: str, language: str, settings: Settings
) -> None:
    settings.LANGUAGE_CODE = production.LANGUAGE_CODE
    request = RequestFactory().get("/", headers={"Accept-Language": "en-US,en"})
    request.COOKIES["django_language"] = cookie

    def say(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(translation.get_language())

    response = middleware.language(say)(request)

    assert response.content.decode() == language  # type: ignore[attr-defined]
    assert response["Content-Language"] == language
    assert "Cookie" in response["Vary"]
