"""The settings under test: real PostgreSQL and Valkey, a folder of its own, mail in memory."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_folder = Path(tempfile.mkdtemp(prefix=f"lpse-test-{_worker}-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ["VAR_DIR"] = str(_folder)
os.environ["STORAGE_URL"] = f"file://{_folder}/storage"
os.environ["KEY_DIR"] = str(_folder / "keys")
(_folder / "static").mkdir()  # whitenoise warns where nothing was collected
if _run := os.environ.get("LPSE_TEST_RUN"):  # set by tools/test.py with servers of its own
    # Each worker of each run has a Valkey database to itself: it may clear its cache.
    _number = (int(_run) * 8 + int(_worker.removeprefix("gw").replace("main", "7"))) % 1000
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rsplit("/", 1)[0] + f"/{_number}"

from lpse.conf.settings import *  # noqa: E402, F403

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
ALLOWED_HOSTS = ["*"]
# The tests read the messages as the code writes them; who tests the default asks for it.
LANGUAGE_CODE = "en"
