"""Seals objects that were stored before objects were sealed (ADR 0035).

Each is read, sealed under its study's key, read back and compared; only then does the index
point to the sealed blob, and the open one is doomed in the same transaction. So a run may end
anywhere: what was not reached lies open as before, and the next run goes on there.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from sonarium.base.errors import RequestError
from sonarium.base.log import get_logger
from sonarium.db.pool import Database
from sonarium.dicom.errors import MalformedDataSet
from sonarium.domain.audit import Action, EventType, Subject, SubjectKind
from sonarium.index.blobs import doom_blobs
from sonarium.index.instances import InstanceRow
from sonarium.index.locks import lock_for_ingest
from sonarium.index.open_blobs import (
    OpenCount,
    count_open_instances,
    move_instance,
    open_instances,
)
from sonarium.index.study_keys import keep_study_keys
from sonarium.services.audit.trail import note, security_alert
from sonarium.services.blob_head import read_blob_head, write_blob_head
from sonarium.storage.blob_store import BlobStore, StoredBlob
from sonarium.storage.errors import BlobDamaged, BlobMissing

log = get_logger(__name__)

_AT_ONCE: Final = 100
_MOST_BYTES: Final = 512 * 2**20
"""What is stored twice at a time, besides one object."""


class NothingIsSealed(RequestError):
    """New objects are not sealed either."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of the objects that were reached."""

    sealed: int
    failed: int
    """They cannot be read as they were stored; checking marks them as damaged."""


@dataclass(frozen=True, slots=True)
class _Copy:
    row: InstanceRow
    blob: StoredBlob


class OpenObjectService:
    """Counts and seals what lies open."""

    def __init__(self, database: Database, blobs: BlobStore, *, seals_new: bool) -> None:
        self._database = database
        self._blobs = blobs
        self._seals_new = seals_new

    async def count(self) -> OpenCount:
        """Count what lies open."""
        async with self._database.statement() as tx:
            return await count_open_instances(tx)

    async def seal_all(self) -> AsyncIterator[Progress]:
        """Seal everything, some at a time; tells how far it has come after each.

        Raises:
            NothingIsSealed: the setting says that objects are kept in clear.
            UnavailableError: store or index is away; what was done stays done.
        """
        if not self._seals_new:
            raise NothingIsSealed("objects are kept in clear: set keys.encrypt_objects first")
        after, sealed, failed = 0, 0, 0
        while True:
            async with self._database.transaction() as tx:
                rows = await open_instances(tx, after, _AT_ONCE)
            if not rows:
                return
            rows = _within(rows)
            copies = [copy for row in rows if (copy := await self._copied(row)) is not None]
            sealed += await self._exchange(copies)
            failed += len(rows) - len(copies)
            after = rows[-1].instance_ref
            yield Progress(sealed, failed)

    async def _copied(self, row: InstanceRow) -> _Copy | None:
        """Seal one object beside the open one; None where that is not what was stored."""
        writer = self._blobs.writer()
        digest = hashlib.sha256()
        try:
            head = read_blob_head(await self._blobs.read(row.blob_key, 0, row.data_set_offset))
            async for chunk in self._blobs.iter_range(
                row.blob_key, row.data_set_offset, row.data_set_length
            ):
                await asyncio.to_thread(digest.update, chunk)
                if (pause := writer.feed(chunk)) is not None:
                    await pause
            if (ending := writer.end()) is not None:
                await ending
        except (BlobDamaged, BlobMissing, MalformedDataSet):
            await writer.abandon()
            log.error("blob_damaged", blob=row.blob_key)
            return None
        if digest.digest() != row.sha256:
            await writer.abandon()
            log.error("blob_damaged", blob=row.blob_key)
            return None
        front = write_blob_head(head, writer.head_length)
        blob = await writer.commit(front, row.study_instance_uid)
        await self._compare(row, blob)
        return _Copy(row, blob)

    async def _compare(self, row: InstanceRow, blob: StoredBlob) -> None:
        """Read a sealed object back.

        Raises:
            BlobDamaged: the store did not keep what it was given; the open one stays.
        """
        digest = hashlib.sha256()
        async for chunk in self._blobs.iter_range(blob.key, blob.body_offset, blob.body_length):
            await asyncio.to_thread(digest.update, chunk)
        if digest.digest() != row.sha256:
            raise BlobDamaged("a sealed copy is not what it was made of: nothing was exchanged")

    async def _exchange(self, copies: Sequence[_Copy]) -> int:
        """Point the index to the sealed blobs, and doom the open ones; returns how many."""
        doomed: list[str] = []
        moved = 0
        async with self._database.transaction() as tx:
            await lock_for_ingest(tx, {copy.row.study_instance_uid for copy in copies})
            for copy in copies:
                is_moved = await move_instance(
                    tx,
                    copy.row,
                    blob_key=copy.blob.key,
                    data_set_offset=copy.blob.body_offset,
                )
                doomed.append(copy.row.blob_key if is_moved else copy.blob.key)
                if is_moved:
                    study = copy.row.study_instance_uid
                    await keep_study_keys(tx, [(study, copy.blob.sealed_by)])
                moved += is_moved
            await doom_blobs(tx, doomed)
            if moved:
                subject = Subject(SubjectKind.RESOURCE, "objects in clear")
                kind = EventType.SECURITY_CONFIGURATION
                said = f"{moved} of them were encrypted"
                await note(tx, security_alert(kind, subject, action=Action.UPDATE, reason=said))
        self._blobs.settle([copy.blob.key for copy in copies])
        return moved


def _within(rows: Sequence[InstanceRow]) -> Sequence[InstanceRow]:
    """Return the first few, so that not too much is stored twice."""
    total = 0
    for count, row in enumerate(rows):
        total += row.data_set_length
        if total > _MOST_BYTES and count:
            return rows[:count]
    return rows
