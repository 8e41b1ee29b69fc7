from sonarium.db.pool import Database
from sonarium.queue.schema import queue_migrations


def test_steps_are_numbered_above_our_own_and_in_order() -> None:
    numbers = [step.number for step in queue_migrations()]
    assert numbers == list(range(5000, 5000 + len(numbers)))


async def test_the_steps_make_what_the_library_calls_its_schema(database: Database) -> None:
    async with database.transaction() as tx:
        made = await tx.values(b"SELECT proname FROM pg_proc WHERE proname LIKE 'procrastinate_%%'")
        tables = await tx.values(
            b"SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'procrastinate_%%'"
        )
    assert ("procrastinate_defer_jobs_v1",) in made
    assert ("procrastinate_retry_job_v2",) in made
    assert {name for (name,) in tables} == {
        "procrastinate_events",
        "procrastinate_jobs",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
    }
