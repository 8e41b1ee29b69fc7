"""Failed work, looked at and decided about."""

import pytest
from tests.queue.test_dead_letters import one_dead_letter

from sonarium.db.pool import Database
from sonarium.services.dead_letters import DeadLetterService, UnknownJob


async def test_failed_work_is_listed_and_tried_again(database: Database, dsn: str) -> None:
    service = DeadLetterService(database)
    letter = await one_dead_letter(database, dsn)
    assert await service.list() == [letter]
    await service.retry(letter.job_id)
    assert await service.list() == []
    with pytest.raises(UnknownJob):
        await service.retry(letter.job_id)


async def test_failed_work_is_given_up(database: Database, dsn: str) -> None:
    service = DeadLetterService(database)
    letter = await one_dead_letter(database, dsn)
    await service.give_up(letter.job_id)
    assert await service.list() == []
    with pytest.raises(UnknownJob):
        await service.give_up(letter.job_id)
