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
from sonarium.services.access import AccessService

log = get_logger(__name__)

_WAITING = 256


class ChangeFeed:
    """Hands the Study Instance UIDs of changed studies to all who watch."""

    def __init__(self, database: Database, access: AccessService) -> None:
        self._database = database
        self._access = access
        self._watchers: set[asyncio.Queue[str]] = set()

    async def run(self) -> None:
        """Listen until cancelled."""
        async with aclosing(self._database.listen(STUDY_CHANGED)) as notices:
            async for notice in notices:
                for watcher in self._watchers:
                    self._tell(watcher, notice or "")

    async def watch(self, viewer: Viewer, heartbeat: timedelta) -> AsyncIterator[str | None]:
        """Stream changed studies that somebody may see; empty text: any may have changed.

        None comes when nothing happened for a `heartbeat`. Of a study that is gone nobody can
        say any more who might have seen it: everybody hears that something has changed.
        """
        watcher: asyncio.Queue[str] = asyncio.Queue(_WAITING)
        self._watchers.add(watcher)
        try:
            while True:
                try:
                    async with asyncio.timeout(heartbeat.total_seconds()):
                        changed = await watcher.get()
                except TimeoutError:
                    yield None
                else:
                    for told in await self._told(viewer, {changed, *_waiting(watcher)}):
                        yield told
        finally:
            self._watchers.discard(watcher)

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


def _waiting(watcher: asyncio.Queue[str]) -> Iterator[str]:
    while not watcher.empty():
        yield watcher.get_nowait()
