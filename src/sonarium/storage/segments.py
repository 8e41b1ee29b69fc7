"""Small blobs, appended to preallocated segments by one thread that syncs them in groups.

Appending to a file whose blocks exist already costs one fdatasync and no directory entry:
about a sixth of what a file of its own costs. Whatever waits is written and synced together,
so that many associations share one trip to the disk. A segment is never written again after
a restart or a failed sync; the records it holds stay where they are.
"""

import asyncio
import hashlib
import os
import queue
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sonarium.storage.blob_store import Digest, NewDigest, StoredBlob
from sonarium.storage.errors import OutOfSpace, StorageUnavailable
from sonarium.storage.health import DiskHealth, sync_folder
from sonarium.storage.keys import segment_key
from sonarium.storage.layout import SEGMENT_SUFFIX
from sonarium.storage.linux import punch_hole, write_all
from sonarium.storage.records import (
    BLOCK_BYTES,
    RecordHeader,
    RecordState,
    decode_record_header,
    decode_segment_header,
    digest_of,
    encode_record_header,
    encode_segment_header,
    next_block,
    record_length,
)
from sonarium.storage.volumes import SettlementLedger

IDENTITY_BYTES = 16
SMALLEST_SEGMENT_BYTES = 4 * 2**20
_GROUP_BYTES = 16 * 2**20
_GROUP_BLOBS = 256


class Segment:
    """A segment of our own, open for appending."""

    def __init__(self, path: Path, fd: int, identity: bytes, length: int) -> None:
        self.path = path
        self.identity = identity
        self.position = BLOCK_BYTES
        self._fd = fd
        self._length = length

    @classmethod
    def create(cls, path: Path, length: int) -> Self:
        """Make a segment whose blocks exist, durably."""
        fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            identity = os.urandom(IDENTITY_BYTES)
            os.posix_fallocate(fd, 0, length)
            os.pwrite(fd, encode_segment_header(identity), 0)
            os.fsync(fd)
            sync_folder(path.parent)
        except OSError:
            os.close(fd)
            path.unlink(missing_ok=True)
            raise
        return cls(path, fd, identity, length)

    @property
    def name(self) -> str:
        """The volume that this segment is."""
        return self.path.name.removesuffix(SEGMENT_SUFFIX)

    def has_room(self, length: int) -> bool:
        """Tell whether `length` bytes fit at the end."""
        return self.position + length <= self._length

    @property
    def is_half_full(self) -> bool:
        """Time to make the next one ready."""
        return self.position * 2 > self._length

    def write(self, buffers: Sequence[bytes | memoryview]) -> None:
        """Write at the end; not durable before `sync`."""
        self.position += write_all(self._fd, buffers, self.position)

    def sync(self) -> None:
        """Make everything written so far durable."""
        os.fdatasync(self._fd)

    def close(self) -> None:
        """Give the unused end back and close."""
        try:
            os.ftruncate(self._fd, self.position)
        finally:
            os.close(self._fd)

    def leave(self) -> None:
        """Close without another write: a sync has failed."""
        os.close(self._fd)


@dataclass(frozen=True, slots=True)
class _Append:
    head: bytes
    body: Sequence[bytes | memoryview]
    body_length: int
    digest: Digest
    durable: "asyncio.Future[StoredBlob]"

    @property
    def record_length(self) -> int:
        return record_length(len(self.head) + self.body_length)


_Outcome = StoredBlob | StorageUnavailable


def _tell(group: list[_Append], outcomes: Sequence[_Outcome]) -> None:
    for append, outcome in zip(group, outcomes, strict=True):
        if append.durable.done():
            continue
        if isinstance(outcome, StoredBlob):
            append.durable.set_result(outcome)
        else:
            append.durable.set_exception(outcome)


class SegmentWriter:
    """Appends blobs from one thread; `append` may be called on any event loop."""

    def __init__(
        self,
        folder: Path,
        health: DiskHealth,
        segment_bytes: int,
        new_volume: Callable[[], str],
        ledger: SettlementLedger,
    ) -> None:
        self._folder = folder
        self._health = health
        self._segment_bytes = segment_bytes
        self._new_volume = new_volume
        self._ledger = ledger
        self._current: Segment | None = None
        self._next: Segment | None = None
        self._waiting: queue.SimpleQueue[_Append | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="segment-writer", daemon=True)
        self._thread.start()

    def append(
        self,
        head: bytes,
        body: Sequence[bytes | memoryview],
        body_length: int,
        new_digest: NewDigest = hashlib.sha256,
    ) -> "asyncio.Future[StoredBlob]":
        """Queue a blob; the future ends when it is durable, or with StorageUnavailable."""
        durable: asyncio.Future[StoredBlob] = asyncio.get_running_loop().create_future()
        self._waiting.put(_Append(head, body, body_length, new_digest(), durable))
        return durable

    def close(self) -> None:
        """Write what waits, close the segment and end the thread; blocks."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            first = self._waiting.get()
            if first is None:
                break
            group, is_open = self._gather(first)
            outcomes = self._store(group)
            loop = first.durable.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(_tell, group, outcomes)
            self._prepare()
        self._shut()

    def _gather(self, first: _Append) -> tuple[list[_Append], bool]:
        group = [first]
        length = first.record_length
        while length < _GROUP_BYTES and len(group) < _GROUP_BLOBS:
            try:
                append = self._waiting.get_nowait()
            except queue.Empty:
                break
            if append is None:
                return group, False
            group.append(append)
            length += append.record_length
        return group, True

    def _store(self, group: list[_Append]) -> list[_Outcome]:
        """Write and sync a group; what does not fit in the segment goes on in the next."""
        outcomes: list[_Outcome] = []
        rest = group
        while rest:
            length = rest[0].record_length
            try:
                self._health.require(length)
                segment = self._segment_with_room(length)
            except StorageUnavailable as error:
                return [*outcomes, *(error for _ in rest)]
            except OSError as error:
                failure = self._health.failed(error)
                return [*outcomes, *(failure for _ in rest)]
            fitting = self._fitting(segment, rest)
            outcomes += self._append_durably(segment, fitting)
            rest = rest[len(fitting) :]
        return outcomes

    def _fitting(self, segment: Segment, appends: list[_Append]) -> list[_Append]:
        length = 0
        for count, append in enumerate(appends):
            length += append.record_length
            if not segment.has_room(length):
                return appends[:count]
        return appends

    def _append_durably(self, segment: Segment, appends: list[_Append]) -> list[_Outcome]:
        buffers: list[bytes | memoryview] = []
        outcomes: list[_Outcome] = []
        position = segment.position
        for append in appends:
            header = RecordHeader(
                offset=position,
                head_length=len(append.head),
                head_checksum=zlib.crc32(append.head),
                body_length=append.body_length,
                body_sha256=digest_of(append.body, append.digest),
            )
            end = header.blob_offset + header.blob_length
            buffers.append(encode_record_header(segment.identity, header))
            buffers.append(append.head)
            buffers.extend(append.body)
            buffers.append(bytes(header.end - end))
            position = header.end
            outcomes.append(
                StoredBlob(
                    key=segment_key(segment.name, header.offset, header.blob_length),
                    body_offset=len(append.head),
                    body_length=append.body_length,
                    body_sha256=header.body_sha256,
                )
            )
            self._ledger.add(segment.name)
        try:
            segment.write(buffers)
            segment.sync()
        except OSError as error:
            for _ in appends:
                self._ledger.settle(segment.name)
            self._abandon(segment)
            failure = self._health.failed(error)
            return [failure for _ in appends]
        return outcomes

    def _segment_with_room(self, length: int) -> Segment:
        current = self._current
        if current is not None and current.has_room(length):
            return current
        if current is not None:
            self._current = None
            self._ledger.close(current.name)
            current.close()
        self._current = self._next or self._create(length)
        self._next = None
        if not self._current.has_room(length):
            return self._segment_with_room(length)
        return self._current

    def _create(self, length: int) -> Segment:
        """Make a segment; a shorter one where the disk is nearly full."""
        needed = next_block(BLOCK_BYTES + length)
        segment_bytes = max(self._segment_bytes, needed)
        free = self._health.free_bytes()
        while segment_bytes > free and segment_bytes // 2 >= max(needed, SMALLEST_SEGMENT_BYTES):
            segment_bytes //= 2
        if segment_bytes > free:
            raise OutOfSpace("free space is at its reserve")
        name = self._new_volume()
        return Segment.create(self._folder / f"{name}{SEGMENT_SUFFIX}", next_block(segment_bytes))

    def _prepare(self) -> None:
        """Make the next segment ready while nobody waits."""
        current = self._current
        if self._next is None and current is not None and current.is_half_full:
            try:
                self._next = self._create(0)
            except (OSError, StorageUnavailable):
                # Whoever needs it will meet the same trouble, and answer for it.
                return

    def _abandon(self, segment: Segment) -> None:
        self._current = None
        self._ledger.close(segment.name)
        segment.leave()

    def _shut(self) -> None:
        for segment in (self._current, self._next):
            if segment is not None:
                self._ledger.close(segment.name)
                try:
                    segment.close()
                except OSError as error:
                    self._health.failed(error)
        self._current = self._next = None


def _data_begins(fd: int, offset: int) -> int | None:
    """Return the first block at or after `offset` that may hold something."""
    try:
        found = os.lseek(fd, offset, os.SEEK_DATA)
    except OSError:  # ENXIO: nothing but a hole until the end
        return None
    return found // BLOCK_BYTES * BLOCK_BYTES


def iter_records(fd: int) -> Iterator[RecordHeader]:
    """Find the records of a segment, deleted ones included.

    Headers only: whether a blob is complete is for the caller to check. Where a header is
    damaged the search goes on block by block, so that one bad block hides one record.
    """
    identity = decode_segment_header(os.pread(fd, BLOCK_BYTES, 0))
    if identity is None:
        return
    length = os.fstat(fd).st_size
    position = _data_begins(fd, BLOCK_BYTES)
    while position is not None and position < length:
        header = decode_record_header(identity, position, os.pread(fd, BLOCK_BYTES, position))
        if header is None:
            position = _data_begins(fd, position + BLOCK_BYTES)
        else:
            yield header
            position = _data_begins(fd, header.end)


def trim(path: Path) -> None:
    """Give back what a segment of a dead writer was given and never used."""
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        end = max((header.end for header in iter_records(fd)), default=BLOCK_BYTES)
        if end < os.fstat(fd).st_size:
            os.ftruncate(fd, end)
    finally:
        os.close(fd)


def delete_records(path: Path, offsets: Sequence[int]) -> None:
    """Mark records as deleted, durably, and give their blocks back."""
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        identity = decode_segment_header(os.pread(fd, BLOCK_BYTES, 0))
        headers: list[RecordHeader] = []
        for offset in offsets:
            block = os.pread(fd, BLOCK_BYTES, offset)
            header = decode_record_header(identity, offset, block) if identity else None
            if header is not None:
                os.pwrite(fd, bytes((RecordState.DELETED,)), header.state_offset)
                headers.append(header)
        os.fdatasync(fd)
        # Only now: a record whose mark is lost must still have its bytes.
        for header in headers:
            hole = header.offset + BLOCK_BYTES
            os.pwrite(fd, bytes(hole - header.blob_offset), header.blob_offset)
            if header.end > hole:
                punch_hole(fd, hole, header.end - hole)
    finally:
        os.close(fd)
