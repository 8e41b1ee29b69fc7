"""The C-STORE sub-operations of a retrieval: read ahead, send one by one, and count.

While one instance is on its way, the next ones are read, and transcoded where the peer does
not take them as they are stored.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from sonarium.base.errors import PeerError, SonariumError
from sonarium.dicom.pixels.errors import PixelError, TranscodeRefused
from sonarium.dicom.uids import (
    EXPLICIT_VR_LITTLE_ENDIAN,
    HTJ2K_LOSSLESS,
    IMPLICIT_VR_LITTLE_ENDIAN,
    JPEG_2000_LOSSLESS,
    JPEG_LOSSLESS_SV1,
    JPEG_LS_LOSSLESS,
    RLE_LOSSLESS,
)
from sonarium.index.instances import InstanceRow
from sonarium.net.errors import AssociationLost
from sonarium.peers.storage_scu import MoveOriginator, StorageSCU
from sonarium.services.transcoding import Transcoder
from sonarium.storage.blob_store import BlobStore
from sonarium.storage.errors import BlobDamaged
from sonarium.wire.dimse.status import StatusCategory, status_category

LOSSLESS_TARGETS: Final = (
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    JPEG_LS_LOSSLESS,
    JPEG_2000_LOSSLESS,
    HTJ2K_LOSSLESS,
    JPEG_LOSSLESS_SV1,
    RLE_LOSSLESS,
)
"""What we transcode to when a peer does not take the stored syntax, best first."""

_READ_WHOLE: Final = 4 * 1024 * 1024
_READ_AHEAD: Final = 2
"""Together they bound what one retrieval holds in memory: two instances wait, one is read and
one is sent."""

DataSet = bytes | AsyncIterable[bytes]


@dataclass(frozen=True, slots=True)
class SubOperations:
    """How far a retrieval has come (PS3.4 C.4.2.1.6 to C.4.2.1.9).

    `problem` says in a few words why sub-operations failed, for the Error Comment.
    """

    remaining: int
    completed: int = 0
    failed: int = 0
    warning: int = 0
    failed_sop_instance_uids: tuple[str, ...] = ()
    is_cancelled: bool = False
    problem: str | None = None


class RetrieveProgress(Protocol):
    """The requestor of a retrieval, as far as the service knows it."""

    @property
    def is_cancelled(self) -> bool:
        """Tell whether the requestor wants no more."""

    async def report(self, counts: SubOperations) -> None:
        """Take note of how far it has come; never raises, a requestor who left cancels."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An instance ready to be sent, or why it cannot be."""

    instance: InstanceRow
    transfer_syntax_uid: str = ""
    data_set: DataSet = b""
    failure: SonariumError | None = None


class SubOperationRun:
    """Sends the instances of one retrieval, over one association or several."""

    def __init__(
        self,
        number_of_instances: int,
        blobs: BlobStore,
        transcoder: Transcoder,
        progress: RetrieveProgress,
        *,
        priority: int,
        originator: MoveOriginator | None,
    ) -> None:
        self._blobs = blobs
        self._transcoder = transcoder
        self._progress = progress
        self._priority = priority
        self._originator = originator
        self._remaining = number_of_instances
        self._completed = 0
        self._warning = 0
        self._failed: list[str] = []
        self._problem: str | None = None
        self.is_cancelled = False

    @property
    def counts(self) -> SubOperations:
        """How far it has come."""
        return SubOperations(
            remaining=self._remaining,
            completed=self._completed,
            failed=len(self._failed),
            warning=self._warning,
        )

    @property
    def stored(self) -> int:
        """How many instances the peer has taken."""
        return self._completed + self._warning

    def outcome(self) -> SubOperations:
        """Return what became of it, with the instances that failed."""
        return replace(
            self.counts,
            failed_sop_instance_uids=tuple(self._failed),
            is_cancelled=self.is_cancelled,
            problem=self._problem,
        )

    async def send(self, scu: StorageSCU, waiting: deque[InstanceRow]) -> None:
        """Send what waits, taking each instance out when it is done with.

        Raises:
            PeerError: the association is gone; the instance under way counts as failed.
        """
        lost: PeerError | None = None
        async with asyncio.TaskGroup() as tasks:
            ready: asyncio.Queue[_Prepared] = asyncio.Queue(_READ_AHEAD)
            reading = tasks.create_task(self._read_ahead(scu, tuple(waiting), ready))
            try:
                while waiting and not self._notice_cancel():
                    prepared = await ready.get()
                    waiting.popleft()
                    await self._send_one(scu, prepared)
                    await self._progress.report(self.counts)
            except PeerError as error:
                lost = error
            finally:
                reading.cancel()
        if lost is not None:
            raise lost

    async def fail(self, instances: deque[InstanceRow], problem: str) -> None:
        """Count instances as failed that could not even be tried."""
        self._problem = problem
        while instances:
            self._fail(instances.popleft())
        await self._progress.report(self.counts)

    def _notice_cancel(self) -> bool:
        self.is_cancelled = self.is_cancelled or self._progress.is_cancelled
        return self.is_cancelled

    async def _read_ahead(
        self, scu: StorageSCU, instances: Sequence[InstanceRow], ready: "asyncio.Queue[_Prepared]"
    ) -> None:
        for instance in instances:
            await ready.put(await self._prepare(scu, instance))

    async def _prepare(self, scu: StorageSCU, instance: InstanceRow) -> _Prepared:
        try:
            accepted = scu.accepted_syntaxes(instance.sop_class_uid)
            if instance.is_damaged:
                raise BlobDamaged("the stored bytes are damaged")
            if instance.transfer_syntax_uid in accepted:
                data_set = await self._as_stored(instance)
                return _Prepared(instance, instance.transfer_syntax_uid, data_set)
            return await self._transcoded(instance, accepted)
        except SonariumError as error:
            return _Prepared(instance, failure=error)

    async def _as_stored(self, instance: InstanceRow) -> DataSet:
        """Read what was received; only padded to the even length that a message needs.

        PS3.8 E.2; a deflated data set should have come padded (PS3.5 A.5), and some do not.
        """
        length = instance.data_set_length
        padding = b"\0" * (length % 2)
        if length <= _READ_WHOLE:
            stored = await self._blobs.read(instance.blob_key, instance.data_set_offset, length)
            return stored + padding if padding else stored
        chunks = self._blobs.iter_range(instance.blob_key, instance.data_set_offset, length)
        return _followed(chunks, padding) if padding else chunks

    async def _transcoded(self, instance: InstanceRow, accepted: Sequence[str]) -> _Prepared:
        refusal: PixelError = TranscodeRefused("the peer accepted no transfer syntax for it")
        for target in LOSSLESS_TARGETS:
            if target in accepted:
                try:
                    data_set = await self._transcoder.transcode(instance, target)
                except PixelError as error:
                    refusal = error
                else:
                    return _Prepared(instance, target, await _collected(data_set))
        raise refusal

    async def _send_one(self, scu: StorageSCU, prepared: _Prepared) -> None:
        instance = prepared.instance
        if prepared.failure is not None:
            self._problem = str(prepared.failure)
            self._fail(instance)
            return
        try:
            status = await scu.store(
                instance.sop_class_uid,
                instance.sop_instance_uid,
                prepared.transfer_syntax_uid,
                prepared.data_set,
                priority=self._priority,
                originator=self._originator,
            )
        except SonariumError as error:
            self._problem = str(error)
            self._fail(instance)
            if not scu.is_usable:
                raise AssociationLost("the association did not outlive an instance") from error
            return
        category = status_category(status)
        if category is StatusCategory.SUCCESS:
            self._remaining -= 1
            self._completed += 1
        elif category is StatusCategory.WARNING:
            self._remaining -= 1
            self._warning += 1
        else:
            self._problem = f"the peer refused an instance with status {status:04X}H"
            self._fail(instance)

    def _fail(self, instance: InstanceRow) -> None:
        self._remaining -= 1
        self._failed.append(instance.sop_instance_uid)


async def _collected(data_set: AsyncIterator[bytes]) -> DataSet:
    """Recode a small object at once, and begin with a large one.

    What fails here costs one sub-operation; what fails later costs the association.
    """
    begun = []
    length = 0
    async for chunk in data_set:
        begun.append(chunk)
        length += len(chunk)
        if length > _READ_WHOLE:
            return _chained(begun, data_set)
    return b"".join(begun)


async def _followed(chunks: AsyncIterator[bytes], padding: bytes) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        yield chunk
    yield padding


async def _chained(begun: list[bytes], rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    while begun:
        yield begun.pop(0)
    async for chunk in rest:
        yield chunk
