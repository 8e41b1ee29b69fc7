"""Storage, [RAD-8]: take in one object, keep it as sent, acknowledge it when it is durable.

Faces use this module only: the errors they answer with are named here too.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Self

from pydantic import BaseModel, Field

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import RequestError, SonariumError, UnavailableError
from sonarium.base.log import get_logger
from sonarium.db.errors import DatabaseUnavailable
from sonarium.db.pool import Database
from sonarium.dicom.errors import MalformedDataSet, TruncatedDataSet
from sonarium.dicom.header import Header, header_of
from sonarium.dicom.scan_template import ScanTemplates
from sonarium.dicom.scanner import DataSetScanner, ScannedDataSet
from sonarium.domain.arrival import Door, Source
from sonarium.index.ingest import NewInstance, Placement
from sonarium.services.acceptance import (
    Describer,
    Identity,
    InstanceUIDMismatch,
    MissingIdentity,
    SOPClassMismatch,
    identity_of,
)
from sonarium.services.blob_head import BlobHead, write_blob_head
from sonarium.services.indexing import Durable, Indexer, IndexingLimits, PostgresIndex
from sonarium.services.replay import replay
from sonarium.storage.blob_store import BlobStore, StoredBlob
from sonarium.storage.errors import OutOfSpace, StorageUnavailable
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.sealed import SealedLocalStore

__all__ = [
    "Arrival",
    "DatabaseUnavailable",
    "Door",
    "InstanceUIDMismatch",
    "MalformedDataSet",
    "MissingIdentity",
    "ObjectTooLong",
    "OutOfSpace",
    "Placement",
    "Reception",
    "SOPClassMismatch",
    "Source",
    "StorageUnavailable",
    "StoreService",
    "StoreSettings",
    "Stored",
    "StudyMismatch",
    "TruncatedDataSet",
]

log = get_logger(__name__)

_MIB = 2**20


class StudyMismatch(RequestError):
    """The object belongs to another study than the one announced (PS3.18 10.5.3)."""


class ObjectTooLong(RequestError):
    """The object is longer than the settings allow."""


class StoreSettings(BaseModel, frozen=True, extra="forbid"):
    """Taking in objects."""

    longest_object_bytes: int = Field(default=32 * 1024 * _MIB, ge=_MIB)
    """Refuse longer objects."""
    waiting_instances: int = Field(default=5000, ge=1)
    """Durable objects that may wait for the database before new ones are refused."""
    waiting_bytes: int = Field(default=64 * _MIB, ge=_MIB)
    """Memory that they may take."""
    instances_at_once: int = Field(default=500, ge=1, le=5000)
    """Objects that are put into the index in one transaction."""
    gathering: timedelta = timedelta(milliseconds=250)
    """How long an object waits for others before it is put into the index; a sender that
    waits for it ends the pause."""
    patience: timedelta = timedelta(seconds=5)
    """How long a sender is held back while too many objects wait, before it is refused."""
    longest_retry: timedelta = timedelta(seconds=5)
    """The longest pause between two attempts to reach a database that is down."""
    drain: timedelta = timedelta(seconds=5)
    """How long the end of the process may wait for the index; the next start does the rest."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is announced of an object before its data set; None: take it from the data set."""

    transfer_syntax_uid: str
    source: Source
    sop_class_uid: str | None = None
    sop_instance_uid: str | None = None
    study_instance_uid: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A durable object."""

    blob_key: str
    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str
    length: int
    sha256: bytes
    """Of the data set as it arrived, as is `length`."""
    warnings: tuple[str, ...]
    """Harmless departures from the standard; no patient data."""
    _indexer: Indexer = field(repr=False)
    _placed: "asyncio.Future[Placement]" = field(repr=False)

    async def placed(self) -> Placement:
        """Wait until the index knows the object, and say how it took it."""
        return await self._indexer.wait_for(self._placed)


class Reception:
    """One object being received; ends with exactly one `commit` or `abandon`."""

    def __init__(self, service: "StoreService", arrival: Arrival) -> None:
        self._service = service
        self._arrival = arrival
        self._scanner = DataSetScanner(arrival.transfer_syntax_uid, templates=service.templates)
        self._writer = service.blobs.writer()
        self._length = 0
        self._is_over = False
        self._placed: asyncio.Future[Placement]
        self._refusal: SonariumError | None = None
        try:
            service.blobs.check_writable()
        except StorageUnavailable as error:
            self._refusal = error

    @property
    def refusal(self) -> SonariumError | None:
        """Why `commit` is going to refuse, once that is certain; further bytes are ignored."""
        return self._refusal

    def feed(self, chunk: bytes | memoryview) -> Awaitable[None] | None:
        """Take the next bytes of the data set; await the answer, if any, before the next call.

        They are kept without a copy, so they must not change afterwards. Never refuses: what
        is wrong with the object is raised by `commit`, so a face reads on to the object's end.
        """
        if self._refusal is not None:
            return None
        self._length += len(chunk)
        try:
            if self._length > self._service.settings.longest_object_bytes:
                raise ObjectTooLong("the object is longer than this archive takes")
            self._scanner.feed(chunk)
            return self._writer.feed(chunk)
        except (RequestError, StorageUnavailable) as error:
            self._refusal = error
            return None

    async def commit(self) -> Stored:
        """Return once the object is on stable storage.

        Raises:
            MalformedDataSet: not a data set, or more than we are willing to parse.
            SOPClassMismatch, InstanceUIDMismatch: not what was announced.
            StudyMismatch: not of the study that was announced.
            MissingIdentity: a UID that we need is absent or unusable.
            ObjectTooLong: longer than the settings allow.
            OutOfSpace, StorageUnavailable, DatabaseUnavailable: the same object may work later.
        """
        try:
            if self._refusal is not None:
                raise self._refusal
            scanned = self._scanner.finish()
            header = header_of(scanned)
            arrival = self._arrival
            identity = identity_of(header, arrival.sop_class_uid, arrival.sop_instance_uid)
            if arrival.study_instance_uid not in {None, identity.study_instance_uid}:
                raise StudyMismatch("the object belongs to another study")
            ending = self._writer.end()
            if ending is not None:
                await ending
            await self._service.indexer.reserve()
        except SonariumError:
            await self.abandon()
            raise
        durable = self._begin_commit(identity, scanned, header)
        blob = await asyncio.shield(durable)
        return await self._acknowledge(identity, blob, scanned.oddities)

    async def abandon(self) -> None:
        """Forget the object: the sender went away; allowed after `commit`, then without effect."""
        if not self._is_over:
            self._is_over = True
            await self._writer.abandon()

    def _begin_commit(
        self, identity: Identity, scanned: ScannedDataSet, header: Header
    ) -> "asyncio.Future[StoredBlob]":
        self._is_over = True
        received_at = self._service.clock()
        source = self._arrival.source
        head = BlobHead(
            sop_class_uid=identity.sop_class_uid,
            sop_instance_uid=identity.sop_instance_uid,
            transfer_syntax_uid=self._arrival.transfer_syntax_uid,
            source=source,
            received_at=received_at,
        )
        durable = self._writer.commit(
            write_blob_head(head, self._writer.head_length), identity.study_instance_uid
        )
        describer = self._service.describer

        def describe(blob: StoredBlob) -> NewInstance:
            return describer.describe(identity, scanned, header, source, received_at).at(blob)

        def note(_: "asyncio.Future[StoredBlob]") -> None:
            indexer = self._service.indexer
            if durable.cancelled() or durable.exception() is not None:
                indexer.give_back()
            else:
                blob = durable.result()
                self._placed = indexer.submit(Durable(blob, len(scanned.header), describe))

        # Not after an await: once begun, a commit goes on although its sender is gone.
        if durable.done():
            note(durable)
        else:
            durable.add_done_callback(note)
        return durable

    async def _acknowledge(
        self, identity: Identity, blob: StoredBlob, oddities: tuple[str, ...]
    ) -> Stored:
        stored = Stored(
            blob_key=blob.key,
            sop_class_uid=identity.sop_class_uid,
            sop_instance_uid=identity.sop_instance_uid,
            series_instance_uid=identity.series_instance_uid,
            study_instance_uid=identity.study_instance_uid,
            length=blob.body_length,
            sha256=blob.body_sha256,
            warnings=oddities,
            _indexer=self._service.indexer,
            _placed=self._placed,
        )
        if not self._service.blobs.replays:
            await stored.placed()
        return stored


class StoreService:
    """Receives objects for every door; open it before use.

    Opening brings into the index what an earlier process had acknowledged and not indexed
    yet. Closing waits for the index, a while, and closes the blob store.
    """

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        settings: StoreSettings,
        clock: Clock = utc_now,
    ) -> None:
        self.blobs = blobs
        self.settings = settings
        self.clock = clock
        self.describer = Describer()
        self.templates = ScanTemplates()
        self._index = PostgresIndex(database)
        self.indexer = Indexer(
            self._index,
            blobs,
            IndexingLimits(
                waiting=settings.waiting_instances,
                waiting_bytes=settings.waiting_bytes,
                at_once=settings.instances_at_once,
                gathering=settings.gathering,
                patience=settings.patience,
                longest_pause=settings.longest_retry,
            ),
        )
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        if isinstance(self.blobs, LocalBlobStore | SealedLocalStore):
            await replay(self.blobs, self._index, self.describer)
        async with AsyncExitStack() as opening:
            opening.push_async_callback(self.blobs.close)
            tasks = await opening.enter_async_context(asyncio.TaskGroup())
            opening.callback(tasks.create_task(self.indexer.run()).cancel)
            opening.push_async_callback(self._settle)
            self._opened = opening.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Without the caller's error, which the task group would wrap into a group.
        await self._opened.aclose()

    def receive(self, arrival: Arrival) -> Reception:
        """Begin to receive one object."""
        return Reception(self, arrival)

    async def drained(self) -> None:
        """Wait until everything acknowledged so far by this process is indexed.

        The caller bounds the wait.
        """
        await self.indexer.drained()

    async def _settle(self) -> None:
        """Leave as little as possible to the next start."""
        try:
            await self.blobs.close_volumes()
            async with asyncio.timeout(self.settings.drain.total_seconds()):
                await self.indexer.drained()
                await self.indexer.settle_volumes()
        except (TimeoutError, UnavailableError) as error:
            log.warning("left_for_replay", error_type=type(error).__name__)
