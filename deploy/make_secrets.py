"""Make the secrets that docker-compose.yml mounts: `python3 deploy/make_secrets.py`.

What is there is never replaced. The folder is closed to others; the files in it are readable,
because each container reads them as an account of its own.
"""

from __future__ import annotations

import secrets
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "secrets"


def main() -> None:
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    owner, app, broker, access = (secrets.token_hex(24) for _ in range(4))
    key = secrets.token_hex(24)
    contents = {
        "database_superuser": secrets.token_hex(24),
        "database_owner_password": owner,
        "database_app_password": app,
        "database_owner_url": f"postgres://lpse_owner:{owner}@database:5432/lpse",
        "database_url": f"postgres://lpse_app:{app}@database:5432/lpse",
        "valkey_password": broker,
        "redis_url": f"redis://:{broker}@valkey:6379/0",
        "secret_key": secrets.token_urlsafe(60),
        "storage.env": f"ROOT_ACCESS_KEY={access}\nROOT_SECRET_KEY={key}\n",
        "storage_credentials": (
            f"[default]\naws_access_key_id = {access}\naws_secret_access_key = {key}\n"
        ),
    }
    if any((FOLDER / name).exists() for name in contents):
        raise SystemExit(f"{FOLDER} already holds secrets: nothing was changed.")
    for name, content in contents.items():
        path = FOLDER / name
        path.touch(mode=0o644)
        path.write_text(content)  # no line feed at the end: it would belong to the secret
    (FOLDER / "tls").mkdir()
    print(f"Made {len(contents)} secrets in {FOLDER}.")
    print("Still needed there: tls/certificate.pem and tls/key.pem.")


if __name__ == "__main__":
    main()
