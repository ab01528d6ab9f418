"""What the files of a production installation say about the code, held to the code."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse

ROOT = Path(__file__).parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text()
NGINX = (ROOT / "deploy/nginx.conf").read_text()


def names(pattern: str, *paths: str) -> set[str]:
    return {
        name
        for path in paths
        for name in re.findall(pattern, (ROOT / path).read_text(), re.MULTILINE)
    }


def test_the_example_names_every_setting_and_no_other() -> None:
    asked = r"""(?:env(?:\.\w+)?|environ\.get)\(\s*"([A-Z_]+)\""""
    read = names(asked, "lpse/conf/settings.py", "lpse/conf/logging.py", "lpse/conf/celery.py")

    assert names(r"^#?([A-Z_]+)=", ".env.example") == read


def test_every_secret_that_is_mounted_is_made() -> None:
    mounted = set(re.findall(r"deploy/secrets/(\w[\w.]*)", COMPOSE)) - {"tls"}

    assert mounted == names(r'^        "([\w.]+)":', "deploy/make_secrets.py")


def test_only_the_preparing_service_gets_the_owner_of_the_tables() -> None:
    section = COMPOSE.split("\nservices:\n")[1].split("\nvolumes:\n")[0]
    services = re.split(r"^  (\w+):\n", section, flags=re.MULTILINE)
    given = {
        name
        for name, text in zip(services[1::2], services[2::2], strict=True)
        if "database_owner_url" in text
    }

    assert given == {"prepare"}


def logged(address: str) -> str:
    """What the front server writes of an address, by the table in its configuration."""
    table = NGINX.split("map $uri $logged {")[1].split("}")[0]
    for pattern, short in re.findall(r"~(\S+) (\S+);", table):
        if found := re.match(pattern.replace("(?<", "(?P<"), address):
            return str(short.replace("$opened", found["opened"]))
    return address


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("register_confirm", {"token": "RAHASIA"}),
        ("invitation", {"secret": "RAHASIA"}),
        ("deactivation_answer", {"token": "RAHASIA"}),
        ("account_confirm_email", {"key": "RAHASIA"}),
        ("account_reset_password_from_key", {"uidb36": "RAHASIA", "key": "RAHASIA"}),
    ],
)
def test_an_address_that_is_a_key_is_cut_short_in_the_log(
    name: str, given: dict[str, str]
) -> None:
    address = reverse(name, kwargs=given)

    assert "RAHASIA" not in logged(address)
    assert "RAHASIA" not in logged("/" + address)
    assert logged(reverse("register")) == reverse("register")


def test_the_log_holds_no_search_and_no_address_but_the_cut_one() -> None:
    line = NGINX.split("log_format line")[1].split(";")[0]

    assert set(re.findall(r"\$(\w+)", line)) == {
        "remote_addr",
        "time_iso8601",
        "request_method",
        "logged",
        "server_protocol",
        "status",
        "body_bytes_sent",
        "request_time",
        "upstream_status",
        "upstream_response_time",
        "request_id",
    }
    assert re.findall(r"error_log \S+ (\w+);", NGINX) == ["crit"]


def checked(**more: str) -> subprocess.CompletedProcess[str]:
    """As ``deploy/prepare.sh`` asks at every start; nothing is reached with these addresses."""
    production = {
        "ALLOWED_HOSTS": "lpse.example",
        "BASE_URL": "https://lpse.example",
        "DATABASE_OWNER_URL": "postgres://lpse_owner@127.0.0.1:1/lpse",
        "DATABASE_URL": "postgres://lpse_app@127.0.0.1:1/lpse",
        "DJANGO_SETTINGS_MODULE": "lpse.conf.settings",
        "PATH": os.environ["PATH"],
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": secrets.token_urlsafe(60),
    }
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=production | more,
        capture_output=True,
        text=True,
        check=False,
    )


def test_django_finds_nothing_unsafe_in_a_production_installation() -> None:
    found = checked()

    assert found.stdout == "System check identified no issues (0 silenced).\n", found.stderr


def test_an_office_where_anybody_can_be_anybody_is_no_production_installation() -> None:
    found = checked(SAMPLE_INSTALLATION="true")

    assert found.returncode == 1
    assert "registration.E001" in found.stderr
