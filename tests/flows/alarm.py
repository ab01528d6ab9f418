"""The alarm clock of a test: what beat and workers do, in one thread of the test itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string

OFTEN = 0.5


@contextmanager
def ringing() -> Iterator[None]:
    """Everything of the schedule is asked again and again, as if each interval were short."""
    done = threading.Event()
    faults: list[BaseException] = []
    tasks = [import_string(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()]

    def ring() -> None:
        try:
            while not done.wait(OFTEN):
                for task in tasks:
                    task()
        except BaseException as fault:  # told to the test, which is elsewhere
            faults.append(fault)
        finally:
            connections.close_all()

    thread = threading.Thread(target=ring, name="alarm")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    if faults:
        raise faults[0]
