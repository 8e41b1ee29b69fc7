"""One listener per process, shared by every reader who watches for changes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

from sonarium.db.pool import Database
from sonarium.index.changes import STUDY_CHANGED

_WAITING = 256


class ChangeFeed:
    """Hands the Study Instance UIDs of changed studies to all who watch."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watchers: set[asyncio.Queue[str]] = set()

    async def run(self) -> None:
        """Listen until cancelled."""
        async with aclosing(self._database.listen(STUDY_CHANGED)) as notices:
            async for notice in notices:
                for watcher in self._watchers:
                    self._tell(watcher, notice or "")

    async def watch(self, heartbeat: timedelta) -> AsyncIterator[str | None]:
        """Stream changed studies; empty text means that any may have changed.

        None comes when nothing happened for a `heartbeat`.
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
                    yield changed
        finally:
            self._watchers.discard(watcher)

    @staticmethod
    def _tell(watcher: asyncio.Queue[str], study_instance_uid: str) -> None:
        """Tell one reader; a slow one forgets the details and asks for everything again."""
        if watcher.full():
            while not watcher.empty():
                watcher.get_nowait()
            study_instance_uid = ""
        watcher.put_nowait(study_instance_uid)
