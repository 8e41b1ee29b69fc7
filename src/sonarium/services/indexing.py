"""Brings acknowledged objects into the index: one queue, one task, one transaction for many.

What waits here is already durable: when the process dies, a replay finds it again in the
blob store. So a database that is down costs nothing but time, as long as the queue has room.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import psycopg

from sonarium.base.errors import SonariumError, UnavailableError
from sonarium.base.log import get_logger
from sonarium.db.errors import DatabaseUnavailable, ValueRefused
from sonarium.db.pool import Database
from sonarium.db.transaction import Transaction
from sonarium.dicom.errors import MalformedDataSet
from sonarium.index.blobs import mend_instance, settle_volumes, settled_volumes
from sonarium.index.ingest import NewInstance, Placement, add_instances, set_aside
from sonarium.index.instances import unknown_blobs
from sonarium.queue.enqueue import enqueue
from sonarium.queue.payloads import PrepareFrames, WriteMarks
from sonarium.services.acceptance import unreadable
from sonarium.services.audit.trail import note
from sonarium.services.audit.transfers import transfers
from sonarium.services.prepared_frames import is_drawn_ahead
from sonarium.storage.blob_store import BlobStore, StoredBlob
from sonarium.ultrasound.measuring.report_document import (
    COMPREHENSIVE_3D_SR,
    measurement_series_uid,
)

log = get_logger(__name__)

_FIRST_PAUSE_S: Final = 0.1
_SAVING_PAUSE: Final = timedelta(minutes=2)
"""Somebody who measures saves often: only the last report of a while becomes marks."""
_NOT_TAKEN: Final = (ValueRefused, psycopg.Error, ValueError, TypeError, OverflowError)


class RowsRefused(SonariumError):
    """The index cannot take an object for what is in it; trying again would not help."""


class InstanceIndex(Protocol):
    """What indexing needs of the index; each call is one transaction."""

    async def add(self, arrivals: Sequence[NewInstance]) -> list[Placement]:
        """Place every arrival; one answer each, in order.

        Raises:
            UnavailableError: the same call may work later.
            RowsRefused: one of the arrivals can not be placed.
        """

    async def set_aside(self, arrival: NewInstance, reason: str) -> None:
        """Put an object into quarantine."""

    async def mend(self, arrivals: Sequence[NewInstance]) -> list[str]:
        """Offer copies of known objects to damaged ones; return the keys no longer needed.

        Those are the copies themselves, and the old blobs of what was mended.
        """

    async def settle_volumes(self, volumes: Sequence[str]) -> None:
        """Note volumes in which every blob is indexed."""


class PostgresIndex:
    """The index in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, arrivals: Sequence[NewInstance]) -> list[Placement]:
        """Place every arrival."""
        try:
            async with self._database.transaction() as tx:
                placements = await add_instances(tx, arrivals)
                await note(tx, *transfers(arrivals, placements))
                for arrival, placement in zip(arrivals, placements, strict=True):
                    if placement is Placement.STORED:
                        await _enqueue_work(tx, arrival)
                return placements
        except _NOT_TAKEN as error:
            raise RowsRefused(type(error).__name__) from error

    async def set_aside(self, arrival: NewInstance, reason: str) -> None:
        """Put an object into quarantine."""
        try:
            async with self._database.transaction() as tx:
                await set_aside(tx, arrival, reason)
                await note(tx, *transfers([arrival], [Placement.CONFLICT]))
        except _NOT_TAKEN as error:
            raise RowsRefused(type(error).__name__) from error

    async def mend(self, arrivals: Sequence[NewInstance]) -> list[str]:
        """Offer copies of known objects to damaged ones."""
        async with self._database.transaction() as tx:
            replaced: list[str] = []
            for arrival in arrivals:
                old = await mend_instance(
                    tx,
                    sop_instance_uid=arrival.sop_instance_uid,
                    sha256=arrival.sha256,
                    blob_key=arrival.blob_key,
                    data_set_offset=arrival.data_set_offset,
                    data_set_length=arrival.data_set_length,
                )
                if old is not None:
                    replaced.append(old)
            copies = [arrival.blob_key for arrival in arrivals]
            return await unknown_blobs(tx, [*copies, *replaced])

    async def settle_volumes(self, volumes: Sequence[str]) -> None:
        """Note volumes in which every blob is indexed."""
        async with self._database.transaction() as tx:
            await settle_volumes(tx, volumes)

    async def settled_volumes(self, volumes: Sequence[str]) -> set[str]:
        """Return those of some volumes that are settled."""
        async with self._database.transaction() as tx:
            return await settled_volumes(tx, volumes)

    async def unknown(self, keys: Sequence[str]) -> list[str]:
        """Return the keys of blobs that the index does not know."""
        async with self._database.transaction() as tx:
            return await unknown_blobs(tx, keys)


async def _enqueue_work(tx: Transaction, arrival: NewInstance) -> None:
    """Enqueue what an object makes necessary."""
    if is_drawn_ahead(arrival.transfer_syntax_uid, arrival.number_of_frames):
        await enqueue(tx, PrepareFrames(arrival.blob_key))
    elif arrival.sop_class_uid == COMPREHENSIVE_3D_SR and (
        arrival.series_instance_uid == measurement_series_uid(arrival.study_instance_uid)
    ):
        await enqueue(
            tx, WriteMarks(arrival.blob_key), not_before=datetime.now(UTC) + _SAVING_PAUSE
        )


async def place_isolating(
    index: InstanceIndex, arrivals: Sequence[NewInstance]
) -> list[Placement | None]:
    """Place arrivals; one that the index cannot take is set aside and the others proceed.

    Returns:
        One answer each, in order; None where an object could not even be set aside.

    Raises:
        UnavailableError: the same call may work later.
    """
    try:
        return list(await index.add(arrivals))
    except RowsRefused as error:
        if len(arrivals) > 1:
            middle = len(arrivals) // 2
            before = await place_isolating(index, arrivals[:middle])
            return before + await place_isolating(index, arrivals[middle:])
        (culprit,) = arrivals
        log.error("instance_not_indexed", blob=culprit.blob_key, reason=str(error))
        try:
            await index.set_aside(culprit, f"the index cannot take it: {error}")
        except RowsRefused:
            return [None]
        return [Placement.CONFLICT]


@dataclass(frozen=True, slots=True)
class IndexingLimits:
    """How patiently objects are gathered and tried."""

    waiting: int
    """Objects that may wait for the index."""
    waiting_bytes: int
    """What they may take in memory; the queue never holds pixels."""
    at_once: int
    """Objects in one transaction."""
    gathering: timedelta
    """How long the first waits for others, unless somebody waits for it."""
    patience: timedelta
    """How long a sender is held back while the queue is full, before it is refused."""
    longest_pause: timedelta
    """The longest pause between two attempts while the database is down."""


@dataclass(frozen=True, slots=True)
class Durable:
    """An object on stable storage that the index does not know yet."""

    blob: StoredBlob
    held_bytes: int
    """What it takes in memory until it is indexed."""
    describe: Callable[[StoredBlob], NewInstance]
    """Decodes what the index wants to know; raises MalformedDataSet."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    durable: Durable
    placed: "asyncio.Future[Placement]"


@dataclass(frozen=True, slots=True)
class _Described:
    waiting: _Waiting
    arrival: NewInstance
    unreadable_because: str | None = None


class Indexer:
    """Takes objects in the order in which they became durable; `run` does the work.

    Each object is described on a turn of the loop of its own, while its sender is busy with
    the next one: that is cheaper than to make the sender wait for it before its answer.
    """

    def __init__(self, index: InstanceIndex, blobs: BlobStore, limits: IndexingLimits) -> None:
        self._index = index
        self._blobs = blobs
        self._limits = limits
        self._durable: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._waiting: deque[_Described] = deque()
        self._held = 0
        self._held_bytes = 0
        self._room = asyncio.Event()
        self._arrived = asyncio.Event()
        self._wanted = asyncio.Event()
        self._last: asyncio.Future[Placement] | None = None

    async def reserve(self) -> None:
        """Take room for one object; `submit` or `give_back` ends it.

        Raises:
            DatabaseUnavailable: the queue is full and stays so.
        """
        if self._is_full:
            self._wanted.set()
            try:
                async with asyncio.timeout(self._limits.patience.total_seconds()):
                    while self._is_full:
                        self._room.clear()
                        await self._room.wait()
            except TimeoutError:
                raise DatabaseUnavailable("too many objects wait for the index") from None
        self._held += 1

    def give_back(self) -> None:
        """Return room that was not used."""
        self._held -= 1
        self._room.set()

    def submit(self, durable: Durable) -> "asyncio.Future[Placement]":
        """Queue a durable object, in the room reserved for it."""
        placed: asyncio.Future[Placement] = asyncio.get_running_loop().create_future()
        self._durable.put_nowait(_Waiting(durable, placed))
        self._held_bytes += durable.held_bytes
        self._last = placed
        return placed

    async def wait_for(self, placed: "asyncio.Future[Placement]") -> Placement:
        """Wait for one object, without the pause in which others are gathered."""
        if not placed.done():
            self._wanted.set()
        return await asyncio.shield(placed)

    async def drained(self) -> None:
        """Wait until everything submitted so far is in the index."""
        last = self._last
        if last is not None and not last.done():
            self._wanted.set()
            await asyncio.wait([last])

    async def run(self) -> None:
        """Describe and index what is submitted, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._describe())
            tasks.create_task(self._index_all())

    async def _describe(self) -> None:
        while True:
            waiting = await self._durable.get()
            await asyncio.sleep(0)  # its answer goes out first
            self._waiting.append(_described(waiting))
            is_enough = len(self._waiting) >= self._limits.at_once
            if is_enough or self._durable.empty():
                self._arrived.set()
            if is_enough:
                self._wanted.set()

    async def _index_all(self) -> None:
        while True:
            await self._arrived.wait()
            await self._gather()
            group = self._take()
            placements = await self._place(group)
            arrivals = [one.arrival for one in group]
            unneeded = await self._mend(arrivals, placements)
            for one, placement in zip(group, placements, strict=True):
                if not one.waiting.placed.done():
                    one.waiting.placed.set_result(placement or Placement.CONFLICT)
                self._held -= 1
                self._held_bytes -= one.waiting.durable.held_bytes
            self._room.set()
            await self._tidy(arrivals, placements, unneeded)

    @property
    def _is_full(self) -> bool:
        limits = self._limits
        return self._held >= limits.waiting or self._held_bytes >= limits.waiting_bytes

    async def _gather(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.gathering.total_seconds()):
                await self._wanted.wait()

    def _take(self) -> list[_Described]:
        count = min(len(self._waiting), self._limits.at_once)
        group = [self._waiting.popleft() for _ in range(count)]
        if not self._waiting:
            self._arrived.clear()
            if self._durable.empty():
                self._wanted.clear()
        return group

    async def _place(self, group: list[_Described]) -> list[Placement | None]:
        """Place arrivals, however long the database is away."""
        pause_s = _FIRST_PAUSE_S
        attempt = 1
        while True:
            try:
                return await self._try_to_place(group)
            except UnavailableError as error:
                log.warning(
                    "index_unavailable",
                    attempt=attempt,
                    count=self._held,
                    error_type=type(error).__name__,
                )
            pause_s = min(2 * pause_s, self._limits.longest_pause.total_seconds())
            await asyncio.sleep(pause_s)
            attempt += 1

    async def _try_to_place(self, group: list[_Described]) -> list[Placement | None]:
        readable = [one.arrival for one in group if one.unreadable_because is None]
        placements = iter(await place_isolating(self._index, readable) if readable else ())
        for one in group:
            if one.unreadable_because is not None:
                await self._index.set_aside(one.arrival, one.unreadable_because)
        return [
            next(placements) if one.unreadable_because is None else Placement.CONFLICT
            for one in group
        ]

    async def _mend(
        self, arrivals: Sequence[NewInstance], placements: Sequence[Placement | None]
    ) -> list[str] | None:
        """Offer copies to damaged instances; return blobs to delete, None when that must wait."""
        copies = _copies(arrivals, placements)
        try:
            return await self._index.mend(copies) if copies else []
        except UnavailableError:
            return None

    async def _tidy(
        self,
        arrivals: Sequence[NewInstance],
        placements: Sequence[Placement | None],
        unneeded: list[str] | None,
    ) -> None:
        """Free copies of what was there already; note volumes that need no replay any more."""
        kept = (Placement.STORED, Placement.CONFLICT)
        self._blobs.settle(
            one.blob_key
            for one, placement in zip(arrivals, placements, strict=True)
            if placement in kept
        )
        try:
            if unneeded is not None:
                await self._blobs.delete(unneeded)
                self._blobs.settle(one.blob_key for one in _copies(arrivals, placements))
            await self.settle_volumes()
        except UnavailableError as error:
            # The next replay does it; meanwhile nothing is lost but space.
            log.warning("tidying_postponed", error_type=type(error).__name__)

    async def settle_volumes(self) -> None:
        """Note the closed volumes in which every blob is indexed."""
        volumes = self._blobs.settled_volumes()
        if volumes:
            await self._index.settle_volumes(volumes)
            self._blobs.forget_volumes(volumes)


def _copies(
    arrivals: Sequence[NewInstance], placements: Sequence[Placement | None]
) -> list[NewInstance]:
    pairs = zip(arrivals, placements, strict=True)
    return [one for one, placement in pairs if placement is Placement.ALREADY_PRESENT]


def _described(waiting: _Waiting) -> _Described:
    blob = waiting.durable.blob
    try:
        return _Described(waiting, waiting.durable.describe(blob))
    except MalformedDataSet as error:
        log.error("instance_not_described", blob=blob.key, reason=str(error))
        return _Described(waiting, unreadable(blob), f"cannot be read: {error}")
