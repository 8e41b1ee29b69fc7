"""Blobs in memory: for tests, and for nothing that matters."""

import asyncio
import hashlib
import itertools
from collections.abc import AsyncIterator, Iterable

from sonarium.storage.blob_store import Digest, NewDigest, StoredBlob
from sonarium.storage.errors import BlobDamaged, BlobMissing, StorageUnavailable

_CHUNK_BYTES = 64 * 1024


class MemoryBlobWriter:
    """One blob being written."""

    def __init__(self, store: "MemoryBlobStore", digest: Digest) -> None:
        self._store = store
        self._digest = digest
        self._body = bytearray()

    def feed(self, chunk: bytes | memoryview) -> None:
        """Take the next bytes of the body."""
        self._body += chunk
        self._digest.update(chunk)

    def end(self) -> None:
        """Nothing has to be done for it."""

    @property
    def head_length(self) -> None:
        """None: everything is in memory."""

    def commit(self, head: bytes, _group: str = "", /) -> "asyncio.Future[StoredBlob]":
        """Keep the blob."""
        done: asyncio.Future[StoredBlob] = asyncio.get_running_loop().create_future()
        if self._store.failure is not None:
            done.set_exception(self._store.failure)
        else:
            done.set_result(self._store.keep(head, bytes(self._body), self._digest.digest()))
        return done

    async def abandon(self) -> None:
        """Leave nothing behind."""
        self._body.clear()


class MemoryBlobStore:
    """A store that forgets; `blobs` and `failure` are open to tests."""

    def __init__(self, *, replays: bool = False) -> None:
        self.blobs: dict[str, bytes] = {}
        self.failure: StorageUnavailable | None = None
        self.settled: list[str] = []
        self.replays = replays
        self.chunk_bytes = _CHUNK_BYTES
        self._numbers = itertools.count(1)

    def check_writable(self) -> None:
        """Raise what was set as `failure`."""
        if self.failure is not None:
            raise self.failure

    def writer(self, new_digest: NewDigest = hashlib.sha256, /) -> MemoryBlobWriter:
        """Begin a blob."""
        return MemoryBlobWriter(self, new_digest())

    def keep(self, head: bytes, body: bytes, digest: bytes) -> StoredBlob:
        """Store a blob at once."""
        key = f"m.{next(self._numbers)}"
        self.blobs[key] = head + body
        return StoredBlob(key, len(head), len(body), digest)

    async def read(self, key: str, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes of a blob."""
        found = self._get(key)[offset : offset + length]
        if len(found) != length:
            raise BlobDamaged("the blob ends before the range does")
        return found

    async def fill(self, key: str, offset: int, buffer: memoryview) -> None:
        """Fill a buffer with a range of a blob."""
        buffer[:] = await self.read(key, offset, len(buffer))

    def try_fill(self, _key: str, _offset: int, _buffer: memoryview) -> bool:
        """Do nothing: tests want to see what is read."""
        return False

    async def begin(self, key: str, length: int) -> bytes:
        """Return the first `length` bytes of a blob, fewer where it is shorter."""
        return self._get(key)[:length]

    async def iter_range(self, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
        """Stream a range in bounded chunks."""
        for start in range(offset, offset + length, _CHUNK_BYTES):
            yield await self.read(key, start, min(_CHUNK_BYTES, offset + length - start))

    async def size(self, key: str) -> int:
        """Return the length of a blob, head and body."""
        return len(self._get(key))

    async def delete(self, keys: Iterable[str]) -> None:
        """Delete blobs."""
        for key in keys:
            self.blobs.pop(key, None)

    def settle(self, keys: Iterable[str]) -> None:
        """Note what the index knows."""
        self.settled.extend(keys)

    def settled_volumes(self) -> list[str]:
        """Return nothing: there is no replay."""
        return []

    def forget_volumes(self, volumes: Iterable[str]) -> None:
        """Do nothing: there is no replay."""

    async def close_volumes(self) -> None:
        """Do nothing: there is no replay."""

    async def close(self) -> None:
        """Do nothing: nothing is open."""

    async def free_bytes(self) -> None:
        """Return None: there is no end of it."""

    def _get(self, key: str) -> bytes:
        try:
            return self.blobs[key]
        except KeyError as error:
            raise BlobMissing("no such blob") from error
