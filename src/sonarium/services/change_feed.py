"""One listener per process, shared by every reader who watches for changes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import timedelta

from sonarium.base.errors import UnavailableError
from sonarium.base.log import get_logger
from sonarium.db.pool import Database
from sonarium.domain.access import SYSTEM, Viewer
from sonarium.index.changes import STUDY_CHANGED
from sonarium.index.grants import BREAK_GLASS
from sonarium.services.access import AccessService

log = get_logger(__name__)

_WAITING = 256


class ChangeFeed:
    """Hands changed studies to all who watch them, and emergencies to auditors."""

    def __init__(self, database: Database, access: AccessService) -> None:
        self._database = database
        self._access = access
        self._watchers: set[asyncio.Queue[str]] = set()
        self._auditors: set[asyncio.Queue[str]] = set()

    async def run(self) -> None:
        """Listen until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen(STUDY_CHANGED, self._watchers))
            tasks.create_task(self._listen(BREAK_GLASS, self._auditors))

    async def _listen(self, channel: str, watchers: set[asyncio.Queue[str]]) -> None:
        async with aclosing(self._database.listen(channel)) as notices:
            async for notice in notices:
                for watcher in watchers:
                    self._tell(watcher, notice or "")

    async def watch(self, viewer: Viewer, heartbeat: timedelta) -> AsyncIterator[str | None]:
        """Stream changed studies that somebody may see; empty text: any may have changed.

        None comes when nothing happened for a `heartbeat`. Of a study that is gone nobody can
        say any more who might have seen it: everybody hears that something has changed.
        """
        async for changed in _stream(self._watchers, heartbeat):
            if not changed:
                yield None
            else:
                for told in await self._told(viewer, changed):
                    yield told

    async def watch_emergencies(self, heartbeat: timedelta) -> AsyncIterator[bool]:
        """Tell an auditor that somebody broke the glass, or may have; False for a heartbeat."""
        async for grants in _stream(self._auditors, heartbeat):
            yield bool(grants)

    async def _told(self, viewer: Viewer, changed: set[str]) -> list[str]:
        """Return what of some changes somebody may hear; at once, however many they are."""
        if "" in changed:
            return [""]
        try:
            seen = await self._access.seen(viewer, sorted(changed))
            hidden = changed - seen
            if not hidden or hidden == await self._access.seen(SYSTEM, sorted(hidden)):
                return sorted(seen)
        except UnavailableError:
            log.warning("changes_not_sorted")
        return [""]

    @staticmethod
    def _tell(watcher: asyncio.Queue[str], study_instance_uid: str) -> None:
        """Tell one reader; a slow one forgets the details and asks for everything again."""
        if watcher.full():
            while not watcher.empty():
                watcher.get_nowait()
            study_instance_uid = ""
        watcher.put_nowait(study_instance_uid)


async def _stream(
    watchers: set[asyncio.Queue[str]], heartbeat: timedelta
) -> AsyncIterator[set[str]]:
    """Stream what has come since, all at once; nothing after each `heartbeat` of quiet."""
    watcher: asyncio.Queue[str] = asyncio.Queue(_WAITING)
    watchers.add(watcher)
    try:
        while True:
            try:
                async with asyncio.timeout(heartbeat.total_seconds()):
                    first = await watcher.get()
            except TimeoutError:
                yield set()
            else:
                yield {first, *_waiting(watcher)}
    finally:
        watchers.discard(watcher)


def _waiting(watcher: asyncio.Queue[str]) -> Iterator[str]:
    while not watcher.empty():
        yield watcher.get_nowait()
