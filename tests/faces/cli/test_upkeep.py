"""Objects set aside and failed work, as tables for people."""

from datetime import UTC, datetime

from tests.faces.cli.test_devices import printed

from sonarium.faces.cli.upkeep import failed_jobs_table, quarantine_table
from sonarium.queue.dead_letters import DeadLetter, JobId
from sonarium.services.quarantine import QuarantinedObject

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_an_object_shows_where_it_came_from_and_why_it_waits() -> None:
    one = QuarantinedObject(
        7, "cannot be read", "1.9", "1.2", "key", b"", {"calling_ae_title": "CART1"}, MOMENT,
        None, "", has_rival=False,
    )  # fmt: skip
    said = printed(quarantine_table([one]))
    assert all(word in said for word in ("7", "CART1", "1.9", "cannot be read"))


def test_empty_tables_say_that_nothing_waits() -> None:
    assert "nothing was set aside" in printed(quarantine_table([]))
    assert "none failed" in printed(failed_jobs_table([]))


def test_a_failed_job_shows_how_often_it_was_tried() -> None:
    said = printed(failed_jobs_table([DeadLetter(JobId(3), "commitment.report", 32, MOMENT)]))
    assert "commitment.report" in said
    assert "32" in said
