from __future__ import annotations

import pytest

from lpse.conf.celery import CELERY_BEAT_SCHEDULE, app


@pytest.mark.parametrize("alarm", CELERY_BEAT_SCHEDULE)
def test_every_alarm_wakes_a_task_that_exists(alarm: str) -> None:
    app.loader.import_default_modules()

    assert CELERY_BEAT_SCHEDULE[alarm]["task"] in app.tasks


@pytest.mark.parametrize("alarm", CELERY_BEAT_SCHEDULE.values(), ids=list(CELERY_BEAT_SCHEDULE))
def test_no_alarm_waits_longer_than_until_the_next(alarm: dict[str, object]) -> None:
    assert alarm["options"] == {"expires": alarm["schedule"]}
