"""Blobs on local disk: small ones in segments, large ones in files of their own."""

import asyncio
import hashlib
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sonarium.storage.blob_store import HEAD_BYTES, NewDigest, StoredBlob
from sonarium.storage.errors import BlobDamaged, BlobMissing
from sonarium.storage.health import DiskHealth, sync_folder
from sonarium.storage.keys import LoosePlace, SegmentPlace, place_of
from sonarium.storage.layout import LEASES, LOOSE, SEGMENTS, path_of
from sonarium.storage.loose import LooseWriter, Shelves
from sonarium.storage.reading import OpenFiles, fill, fill_at_once, fill_cached, fill_now
from sonarium.storage.records import RECORD_HEADER_BYTES
from sonarium.storage.recovery import Recovery
from sonarium.storage.segments import SegmentWriter, delete_records
from sonarium.storage.settings import LocalStorageSettings
from sonarium.storage.volumes import SettlementLedger, WriterLease, volume_name

_CHUNK_BYTES = 320 * 1024
_COLD_CHUNK_BYTES = 1024 * 1024
_WRITING_THREADS = 4
_READING_THREADS = 8


class LocalBlobWriter:
    """One blob being written: in memory while it is small, then to a file of its own."""

    def __init__(
        self, store: "LocalBlobStore", large_blob_bytes: int, new_digest: NewDigest
    ) -> None:
        self._store = store
        self._new_digest = new_digest
        self._large_blob_bytes = large_blob_bytes
        self._body: list[bytes | memoryview] = []
        self._body_length = 0
        self._loose: LooseWriter | None = None

    def feed(self, chunk: bytes | memoryview) -> Awaitable[None] | None:
        """Take the next bytes of the body."""
        if self._loose is not None:
            return self._loose.feed(chunk)
        self._body.append(chunk)
        self._body_length += len(chunk)
        if self._body_length <= self._large_blob_bytes:
            return None
        self._loose = self._store.loose_writer(self._new_digest)
        waiting, self._body = self._body, []
        for chunk in waiting[:-1]:
            self._loose.hold(chunk)
        return self._loose.feed(waiting[-1])

    def end(self) -> None:
        """Nothing has to be done for it."""

    @property
    def head_length(self) -> int | None:
        """All the room that was left, once the blob is too large to share a segment."""
        return None if self._loose is None else HEAD_BYTES

    def commit(self, head: bytes, _group: str = "", /) -> "asyncio.Future[StoredBlob]":
        """Begin to make the blob durable."""
        if self._loose is not None:
            return self._loose.commit(head)
        return self._store.append(head, self._body, self._body_length, self._new_digest)

    async def abandon(self) -> None:
        """Leave nothing behind."""
        self._body.clear()
        if self._loose is not None:
            await self._loose.abandon()


class LocalBlobStore:
    """Write-once blobs in one folder; several processes may share it."""

    def __init__(self, folder: Path, settings: LocalStorageSettings) -> None:
        self.folder = folder
        for name in (LEASES, LOOSE, SEGMENTS):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._settings = settings
        self._health = DiskHealth(folder, settings.reserve_bytes, settings.probe_interval)
        self._files = OpenFiles(settings.open_files)
        self._reading = ThreadPoolExecutor(_READING_THREADS, "blob-reader")
        self._writing = ThreadPoolExecutor(_WRITING_THREADS, "blob-writer")
        self._ledger = SettlementLedger()
        self._volume_lock = threading.Lock()
        self._lease: WriterLease | None = None
        self._volumes = 0
        self._segments: SegmentWriter | None = None
        self._shelves = Shelves(
            folder / LOOSE, settings.blobs_in_folder, self._new_volume, self._ledger
        )

    @property
    def replays(self) -> bool:
        """True: every durable blob is found again."""
        return True

    @property
    def chunk_bytes(self) -> int:
        """As much as comes out of the page cache without holding others up."""
        return _CHUNK_BYTES

    @property
    def recovery(self) -> Recovery:
        """What earlier processes left in the folder."""
        return Recovery(self.folder)

    async def found(self, blob: StoredBlob) -> StoredBlob:
        """Tell of a blob that `recovery` found what was told when it was committed."""
        return blob

    def check_writable(self) -> None:
        """Raise at once when a blob begun now could not be kept."""
        self._health.check()

    def writer(self, new_digest: NewDigest = hashlib.sha256, /) -> LocalBlobWriter:
        """Begin a blob."""
        return LocalBlobWriter(self, self._settings.large_blob_bytes, new_digest)

    def append(
        self,
        head: bytes,
        body: Sequence[bytes | memoryview],
        body_length: int,
        new_digest: NewDigest,
    ) -> "asyncio.Future[StoredBlob]":
        """Begin to append a small blob to a segment."""
        if self._segments is None:
            self._segments = SegmentWriter(
                self.folder / SEGMENTS,
                self._health,
                self._settings.segment_bytes,
                self._new_volume,
                self._ledger,
            )
        return self._segments.append(head, body, body_length, new_digest)

    def loose_writer(self, new_digest: NewDigest = hashlib.sha256) -> LooseWriter:
        """Begin a large blob."""
        return LooseWriter(self._shelves, self._health, self._writing, new_digest())

    async def read(self, key: str, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes of a blob."""
        buffer = bytearray(length)
        await self.fill(key, offset, memoryview(buffer))
        return bytes(buffer)

    async def fill(self, key: str, offset: int, buffer: memoryview) -> None:
        """Fill a buffer with a range of a blob."""
        path, start = self._locate(key, offset, len(buffer))
        await fill(self._files.get(path), start, buffer, self._reading)

    def try_fill(self, key: str, offset: int, buffer: memoryview) -> bool:
        """Fill a buffer with a range that is short, and in the page cache."""
        path, start = self._locate(key, offset, len(buffer))
        return fill_at_once(self._files.get(path), start, buffer)

    async def begin(self, key: str, length: int) -> bytes:
        """Return the first `length` bytes of a blob, fewer where it is shorter."""
        return await self.read(key, 0, min(length, await self.size(key)))

    async def iter_range(self, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
        """Stream a range in bounded chunks."""
        path, position = self._locate(key, offset, length)
        end = position + length
        loop = asyncio.get_running_loop()
        while position < end:
            file = self._files.get(path)
            chunk = bytearray(min(_CHUNK_BYTES, end - position))
            if not fill_cached(file, position, memoryview(chunk)):
                chunk = bytearray(min(_COLD_CHUNK_BYTES, end - position))
                view = memoryview(chunk)
                await loop.run_in_executor(self._reading, fill_now, file, position, view)
            del file
            position += len(chunk)
            yield bytes(chunk)

    async def size(self, key: str) -> int:
        """Return the length of a blob, head and body."""
        place = place_of(key)
        if isinstance(place, SegmentPlace):
            return place.blob_length
        try:
            return path_of(self.folder, place).stat().st_size
        except FileNotFoundError as error:
            raise BlobMissing("no such blob") from error

    async def delete(self, keys: Iterable[str]) -> None:
        """Delete blobs durably."""
        doomed = list(keys)
        if doomed:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._writing, self._delete, doomed)

    async def free_bytes(self) -> int | None:
        """Return the space above the reserve."""
        return max(0, self._health.free_bytes())

    def settle(self, keys: Iterable[str]) -> None:
        """Note, exactly once for each committed blob, that the index knows it or it is gone."""
        for key in keys:
            self._ledger.settle(place_of(key).volume)

    def settled_volumes(self) -> list[str]:
        """List closed volumes of this process in which the index knows every blob."""
        return self._ledger.settled()

    def forget_volumes(self, volumes: Iterable[str]) -> None:
        """Drop volumes that the index has noted as settled."""
        self._ledger.forget(volumes)

    async def close_volumes(self) -> None:
        """Write what waits and begin no more blobs in the volumes of now."""
        self._shelves.close()
        # Taken away first, so that whoever appends meanwhile gets a new one.
        segments, self._segments = self._segments, None
        if segments is not None:
            await asyncio.to_thread(segments.close)

    async def close(self) -> None:
        """Write what waits, and end writing and reading."""
        await self.close_volumes()
        await asyncio.to_thread(self._end_threads)
        self._files.close()
        if self._lease is not None:
            self._lease.release()
            self._lease = None

    def _end_threads(self) -> None:
        self._writing.shutdown()
        self._reading.shutdown()

    def _locate(self, key: str, offset: int, length: int) -> tuple[Path, int]:
        place = place_of(key)
        if isinstance(place, LoosePlace):
            return path_of(self.folder, place), offset
        if offset + length > place.blob_length:
            raise BlobDamaged("the blob ends before the range does")
        return path_of(self.folder, place), place.offset + RECORD_HEADER_BYTES + offset

    def _delete(self, keys: list[str]) -> None:
        records: defaultdict[Path, list[int]] = defaultdict(list)
        shelves: set[Path] = set()
        try:
            for key in keys:
                place = place_of(key)
                path = path_of(self.folder, place)
                if isinstance(place, SegmentPlace):
                    records[path].append(place.offset)
                else:
                    path.unlink(missing_ok=True)
                    self._files.forget(path)
                    shelves.add(path.parent)
            for path, offsets in records.items():
                if path.exists():
                    delete_records(path, offsets)
            for shelf in shelves:
                if shelf.exists():
                    sync_folder(shelf)
        except OSError as error:
            raise self._health.failed(error) from error

    def _new_volume(self) -> str:
        with self._volume_lock:
            if self._lease is None:
                self._lease = WriterLease.acquire(self.folder / LEASES)
            self._volumes += 1
            return volume_name(self._lease.name, self._volumes)
