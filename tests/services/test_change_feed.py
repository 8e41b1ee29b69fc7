"""One listener, shared by every reader who watches."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

from tests.running_archive import RunningArchive

from sonarium.domain.access import NOBODY, SYSTEM, program_viewer
from sonarium.index.changes import STUDY_CHANGED
from sonarium.index.grants import tell_break_glass
from sonarium.index.instances import delete_study
from sonarium.services.access import AccessService
from sonarium.services.change_feed import ChangeFeed

OFTEN = timedelta(seconds=0.2)


async def test_every_watcher_hears_of_a_study(sonarium: RunningArchive, testdata: Path) -> None:
    feed = ChangeFeed(sonarium.database, AccessService(sonarium.database))
    listens = asyncio.Event()

    async def watch() -> str:
        async for changed in feed.watch(SYSTEM, OFTEN):
            if changed == "":
                listens.set()
            elif changed is not None:
                return changed
        raise AssertionError("the feed ended")

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        watching = [tasks.create_task(watch()) for _ in range(3)]
        await asyncio.sleep(0)
        running = tasks.create_task(feed.run())
        await listens.wait()
        stored = await sonarium.keep(testdata / "dicom/us/acuson-stress-baseline-v1.dcm")
        heard = await asyncio.gather(*watching)
        running.cancel()
    assert heard == [stored.study_instance_uid] * 3


async def test_quiet_is_told_too(sonarium: RunningArchive) -> None:
    async for changed in ChangeFeed(sonarium.database, AccessService(sonarium.database)).watch(
        SYSTEM, timedelta(seconds=0.01)
    ):
        assert changed is None
        break


async def test_a_slow_watcher_is_told_that_anything_may_have_changed(
    sonarium: RunningArchive,
) -> None:
    feed = ChangeFeed(sonarium.database, AccessService(sonarium.database))
    watching = feed.watch(SYSTEM, OFTEN)
    assert await anext(watching) is None
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(feed.run())
        assert await anext(watching) == ""
        async with sonarium.database.transaction() as tx:
            for number in range(400):  # all at once, when the transaction commits
                await tx.execute(f"NOTIFY {STUDY_CHANGED}, '{number}'".encode())
        heard = [await anext(watching)]
        while heard[-1] is not None:
            heard.append(await anext(watching))
        running.cancel()
    assert "" in heard
    assert len(heard) < 400


async def test_nobody_hears_of_a_study_that_they_may_not_see(
    sonarium: RunningArchive, testdata: Path
) -> None:
    feed = ChangeFeed(sonarium.database, AccessService(sonarium.database))
    told = {viewer: feed.watch(viewer, OFTEN) for viewer in (program_viewer("X"), NOBODY)}
    assert [await anext(watching) for watching in told.values()] == [None, None]
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(feed.run())
        for watching in told.values():
            assert await anext(watching) == ""  # the listener has begun
        stored = await sonarium.keep(testdata / "dicom" / "us" / "ge-logiq700-rgb.dcm")
        heard = {viewer: await anext(watching) for viewer, watching in told.items()}
        async with sonarium.database.transaction() as tx:
            await delete_study(tx, stored.study_instance_uid)
        gone = {viewer: await _next_told(watching) for viewer, watching in told.items()}
        running.cancel()
    assert list(heard.values()) == [stored.study_instance_uid, None]
    assert list(gone.values()) == ["", ""]


async def test_auditors_hear_that_somebody_broke_the_glass(sonarium: RunningArchive) -> None:
    feed = ChangeFeed(sonarium.database, AccessService(sonarium.database))
    watching = feed.watch_emergencies(OFTEN)
    assert not await anext(watching)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(feed.run())
        while not await anext(watching):  # the listener has begun
            pass
        async with sonarium.database.transaction() as tx:
            await tell_break_glass(tx, 7)
        while not await anext(watching):
            pass
        running.cancel()


async def _next_told(watching: AsyncIterator[str | None]) -> str:
    while (told := await anext(watching)) is None:
        pass
    return told
