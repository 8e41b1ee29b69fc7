from datetime import timedelta

from sonarium.queue.settings import QueueSettings


def test_a_job_is_tried_for_about_a_day() -> None:
    settings = QueueSettings()
    pauses = [
        min(settings.longest_retry, settings.first_retry * 2**attempt)
        for attempt in range(settings.attempts - 1)
    ]
    assert timedelta(hours=20) < sum(pauses, timedelta()) < timedelta(hours=30)
