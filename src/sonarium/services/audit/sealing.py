"""Gives audit records their places in the chain, and anchors its head.

A chain that every transaction lengthened itself would make all of them wait for each other. So a
record is noted unchained, with a code of its own, and one process gives it a place soon after.
What waits is a list of its own, not a range of numbers: however late a record commits, it is there.
"""

import asyncio
from contextlib import suppress
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import UnavailableError
from sonarium.base.log import get_logger
from sonarium.db.pool import Database
from sonarium.index.audit import (
    Link,
    add_audit_links,
    audit_head,
    audit_waiting,
    lock_audit_chain,
)
from sonarium.services.audit.anchors import AnchorFolder, anchor_of
from sonarium.services.audit.chain import next_link
from sonarium.services.audit.settings import AuditSettings

log = get_logger(__name__)

_AT_ONCE: Final = 2000


class Sealer:
    """Lengthens the chain; of several that run, one works at a time."""

    def __init__(
        self,
        database: Database,
        key: Ed25519PrivateKey,
        anchors: AnchorFolder,
        settings: AuditSettings,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._key = key
        self._anchors = anchors
        self._settings = settings
        self._clock = clock
        self._anchored = 0

    async def run(self) -> None:
        """Seal and anchor until cancelled, and once more at the end."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._seal_on())
                tasks.create_task(self._anchor_on())
        finally:
            with suppress(UnavailableError):
                await self.finish()

    async def finish(self) -> None:
        """Seal whatever waits, and anchor the head.

        Raises:
            UnavailableError: the database or the folder of anchors is away.
        """
        while await self.seal():
            pass
        await self.anchor()

    async def seal(self) -> int:
        """Give records that wait their places; return how many.

        Raises:
            DatabaseUnavailable: nothing was done.
        """
        async with self._database.transaction() as tx:
            if not await lock_audit_chain(tx):
                return 0
            head = await audit_head(tx)
            links: list[Link] = []
            for waiting in await audit_waiting(tx, _AT_ONCE):
                if waiting.mac is None:
                    log.error("audit_record_missing")
                head = next_link(tx, head, waiting.record_ref, waiting.mac)
                links.append(head)
            if links:
                await add_audit_links(tx, links)
        return len(links)

    async def anchor(self) -> bool:
        """Sign the head and write it down, unless that was done; False where nothing was to do.

        Raises:
            AnchorsUnwritable, DatabaseUnavailable: it was not.
        """
        async with self._database.transaction() as tx:
            head = await audit_head(tx) if await lock_audit_chain(tx) else None
        if head is None or head.sequence == self._anchored:
            return False
        anchor = anchor_of(head, self._clock(), self._key)
        await asyncio.to_thread(self._anchors.append, anchor)
        self._anchored = head.sequence
        return True

    async def _seal_on(self) -> None:
        while True:
            try:
                while await self.seal() == _AT_ONCE:
                    pass
            except UnavailableError:
                log.warning("audit_sealing_postponed")
            await asyncio.sleep(self._settings.seal_every.total_seconds())

    async def _anchor_on(self) -> None:
        while True:
            await asyncio.sleep(self._settings.anchor_every.total_seconds())
            try:
                await self.anchor()
            except UnavailableError as error:
                log.error("audit_not_anchored", error_type=type(error).__name__)
