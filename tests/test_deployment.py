"""What the files of a production installation say about the code, held to the code."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text()


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
