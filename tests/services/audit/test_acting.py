"""Who acts is told once, and known to all that is called."""

import asyncio

from tests.services.audit.trail_events import ALICE

from sonarium.domain.audit import APPLICATION
from sonarium.services.audit.acting import act_as, acting, who_acts


async def test_where_nobody_was_told_sonarium_itself_acts() -> None:
    assert who_acts() == APPLICATION


async def test_a_task_knows_who_acted_where_it_began_and_tells_nobody_outside() -> None:
    async def request() -> str:
        act_as(ALICE)
        async with asyncio.TaskGroup() as tasks:
            inner = tasks.create_task(asyncio.to_thread(who_acts))
        return inner.result().name

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(request())
    assert task.result() == "alice"
    assert who_acts() == APPLICATION


def test_a_block_gives_back() -> None:
    with acting(ALICE):
        assert who_acts() == ALICE
    assert who_acts() == APPLICATION
