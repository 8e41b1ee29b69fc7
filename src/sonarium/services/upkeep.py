"""What has to be tidied now and then, whether anybody asks or not."""

import asyncio
from datetime import timedelta
from typing import Final

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import UnavailableError
from sonarium.base.log import get_logger
from sonarium.db.pool import Database
from sonarium.index.changes import prune_changes
from sonarium.services.quarantine import QuarantineService
from sonarium.services.scrub import Pause

log = get_logger(__name__)

_EVERY: Final = timedelta(hours=1)
CHANGES_KEPT: Final = timedelta(days=30)
"""Who reads the change feed may be away for so long."""


class UpkeepService:
    """Lets go of what was kept only for a while."""

    def __init__(
        self,
        database: Database,
        quarantine: QuarantineService,
        clock: Clock = utc_now,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._database = database
        self._quarantine = quarantine
        self._clock = clock
        self._pause = pause

    async def run(self) -> None:
        """Tidy once an hour, until cancelled."""
        while True:
            try:
                await self.tidy()
            except UnavailableError as error:
                log.warning("upkeep_postponed", error_type=type(error).__name__)
            await self._pause(_EVERY.total_seconds())

    async def tidy(self) -> None:
        """Forget old changes and what was discarded long ago.

        Raises:
            UnavailableError: it is tried again.
        """
        async with self._database.transaction() as tx:
            await prune_changes(tx, self._clock() - CHANGES_KEPT)
        gone = await self._quarantine.purge()
        if gone:
            log.info("quarantine_purged", count=gone)
