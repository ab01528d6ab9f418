"""The settings under test: real PostgreSQL and Valkey, a folder of its own, mail kept in memory."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_folder = Path(tempfile.mkdtemp(prefix=f"lpse-test-{_worker}-"))
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ["VAR_DIR"] = str(_folder)
os.environ["STORAGE_URL"] = f"file://{_folder}/storage"
os.environ["KEY_DIR"] = str(_folder / "keys")

from lpse.conf.settings import *  # noqa: E402, F403

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
ALLOWED_HOSTS = ["*"]
