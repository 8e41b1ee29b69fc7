"""Reads every stored object again in the background, and marks what is no longer as stored.

One pass walks over all instances at a bounded rate and goes on where it stopped, in whichever
process. A damaged instance is not served any more; the same object sent again mends it.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pydantic import BaseModel, Field

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import UnavailableError
from sonarium.base.log import get_logger
from sonarium.db.pool import Database
from sonarium.index.blobs import doomed_blobs, forget_doomed_blobs
from sonarium.index.instances import InstanceRow, instances_after, mark_damaged
from sonarium.index.scrub_passes import (
    DamagedInstance,
    ScrubPass,
    ScrubStep,
    advance_scrub_pass,
    current_scrub_pass,
    damaged_instances,
    finish_scrub_pass,
    latest_scrub_passes,
    open_scrub_pass,
)
from sonarium.storage.blob_store import BlobStore
from sonarium.storage.errors import BlobDamaged, BlobMissing

__all__ = ["DamagedInstance", "ScrubPass", "ScrubService", "ScrubSettings", "ScrubStatus"]

log = get_logger(__name__)

_LISTED: Final = 1000
_READS: Final = 2
"""A blob must read wrong so often before it counts as damaged."""

Pause = Callable[[float], Awaitable[None]]


class ScrubSettings(BaseModel, frozen=True, extra="forbid"):
    """Checking stored objects in the background."""

    bytes_per_second: int = Field(default=20 * 2**20, ge=1)
    """How fast stored objects are read again."""
    instances_at_once: int = Field(default=50, ge=1, le=1000)
    """Objects that are checked before progress is noted."""
    interval: timedelta = timedelta(days=30)
    """From the end of one pass to the beginning of the next."""
    idle: timedelta = timedelta(minutes=5)
    """How often to look whether there is something to do."""


@dataclass(frozen=True, slots=True)
class ScrubStatus:
    """How far checking has come, and what it found."""

    latest: ScrubPass | None
    damaged: list[DamagedInstance]


class ScrubService:
    """Checks and tidies the blob store."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        settings: ScrubSettings,
        clock: Clock = utc_now,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._settings = settings
        self._clock = clock
        self._pause = pause

    async def run(self) -> None:
        """Check and tidy for ever."""
        while True:
            try:
                await self.free_doomed()
                if not await self.step():
                    await self._pause(self._settings.idle.total_seconds())
            except UnavailableError as error:
                log.warning("scrub_postponed", error_type=type(error).__name__)
                await self._pause(self._settings.idle.total_seconds())

    async def status(self) -> ScrubStatus:
        """Say how far checking has come, and list what is damaged."""
        async with self._database.transaction() as tx:
            passes = await latest_scrub_passes(tx, 1)
            return ScrubStatus(
                latest=passes[0] if passes else None,
                damaged=await damaged_instances(tx, _LISTED),
            )

    async def step(self) -> bool:
        """Check the next few objects; False when the pass is over and the next not yet due.

        Raises:
            UnavailableError: database or blob store is away; nothing is marked.
        """
        async with self._database.transaction() as tx:
            scrub_pass = await current_scrub_pass(tx)
        if scrub_pass is None:
            return await self._begin()
        async with self._database.transaction() as tx:
            rows = await instances_after(
                tx, scrub_pass.after_instance_ref, self._settings.instances_at_once
            )
        if not rows:
            await self._finish(scrub_pass)
            return False
        damaged = [row.blob_key for row in rows if not await self._is_sound(row)]
        step = ScrubStep(
            after_instance_ref=rows[-1].instance_ref,
            instances=len(rows),
            bytes=sum(row.data_set_length for row in rows),
            damaged=len(damaged),
        )
        async with self._database.transaction() as tx:
            await mark_damaged(tx, damaged)
            await advance_scrub_pass(tx, scrub_pass, step)
        return True

    async def free_doomed(self) -> int:
        """Delete blobs that nothing refers to any more; return how many."""
        async with self._database.transaction() as tx:
            keys = await doomed_blobs(tx, _LISTED)
        if keys:
            await self._blobs.delete(keys)
            async with self._database.transaction() as tx:
                await forget_doomed_blobs(tx, keys)
        return len(keys)

    async def _begin(self) -> bool:
        async with self._database.transaction() as tx:
            passes = await latest_scrub_passes(tx, 1)
            ended = passes[0].finished_at if passes else None
            if ended is not None and self._clock() - ended < self._settings.interval:
                return False
            await open_scrub_pass(tx)
        return True

    async def _finish(self, scrub_pass: ScrubPass) -> None:
        async with self._database.transaction() as tx:
            await finish_scrub_pass(tx, scrub_pass.scrub_pass_ref)
        log.info("scrub_pass_finished", count=scrub_pass.instances, failed=scrub_pass.damaged)

    async def _is_sound(self, row: InstanceRow) -> bool:
        for _ in range(_READS):
            if await self._digest(row) == row.sha256:
                return True
        log.error("blob_damaged", blob=row.blob_key)
        return False

    async def _digest(self, row: InstanceRow) -> bytes | None:
        """Re-hash a data set, no faster than allowed; None when it cannot be read."""
        digest = hashlib.sha256()
        stored = self._blobs.iter_range(row.blob_key, row.data_set_offset, row.data_set_length)
        try:
            async for chunk in stored:
                await asyncio.to_thread(digest.update, chunk)
                await self._pause(len(chunk) / self._settings.bytes_per_second)
        except (BlobDamaged, BlobMissing):
            return None
        return digest.digest()
