"""Blobs in an S3-compatible bucket, one object each, never overwritten.

A bucket is not searched at start-up, so an object is acknowledged only once its index row
is committed (`replays` is False). What a crash leaves in between was never acknowledged.
"""

import asyncio
import hashlib
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Self

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore, S3Store

from sonarium.base.log import get_logger
from sonarium.storage.blob_store import Digest, NewDigest, StoredBlob
from sonarium.storage.errors import BlobDamaged, BlobMissing, StorageUnavailable
from sonarium.storage.settings import S3StorageSettings

log = get_logger(__name__)

_KEY_PREFIX = "o."
_RANGE_BYTES = 4 * 2**20
_SPOOL_CHUNK_BYTES = 2**20
_PART_BYTES = 8 * 2**20
_PARTS_AT_ONCE = 2


def open_bucket(settings: S3StorageSettings) -> ObjectStore:
    """Prepare access to a bucket; nothing is sent yet."""
    return S3Store(
        settings.bucket,
        prefix=settings.prefix or None,
        config={
            "access_key_id": settings.access_key_id,
            "secret_access_key": settings.secret_access_key.get_secret_value(),
            "region": settings.region,
            **({"endpoint": settings.endpoint} if settings.endpoint else {}),
        },
        client_options={"allow_http": settings.allow_http, "timeout": settings.timeout},
        retry_config={"max_retries": settings.retries, "retry_timeout": settings.timeout},
    )


@contextmanager
def _meaning() -> Iterator[None]:
    """Turn the library's errors into ours; their text may hold addresses and is not kept."""
    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise BlobMissing("no such blob") from error
    except (BaseError, OSError) as error:
        log.warning("bucket_failed", error_type=type(error).__name__)
        raise StorageUnavailable("the bucket does not answer as it should") from error


class S3BlobWriter:
    """One blob being written: in memory while it is small, then in a temporary file."""

    def __init__(self, bucket: ObjectStore, large_blob_bytes: int, digest: Digest) -> None:
        self._bucket = bucket
        self._large_blob_bytes = large_blob_bytes
        self._digest = digest
        self._length = 0
        self._waiting: list[bytes | memoryview] = []
        self._waiting_bytes = 0
        self._spool: IO[bytes] | None = None
        self._failure: StorageUnavailable | None = None

    def feed(self, chunk: bytes | memoryview) -> Awaitable[None] | None:
        """Take the next bytes of the body."""
        if self._failure is not None:
            raise self._failure
        self._waiting.append(chunk)
        self._waiting_bytes += len(chunk)
        self._length += len(chunk)
        limit = self._large_blob_bytes if self._spool is None else _SPOOL_CHUNK_BYTES
        if self._waiting_bytes <= limit:
            return None
        return asyncio.to_thread(self._write_spool)

    def end(self) -> None:
        """Nothing has to be done for it."""

    @property
    def head_length(self) -> None:
        """None: the head is sent first."""

    def commit(self, head: bytes, _group: str = "", /) -> "asyncio.Future[StoredBlob]":
        """Send the blob."""
        return asyncio.ensure_future(self._commit(head))

    async def abandon(self) -> None:
        """Leave nothing behind."""
        self._waiting.clear()
        if self._spool is not None:
            self._spool.close()

    async def _commit(self, head: bytes) -> StoredBlob:
        name = uuid.uuid4().hex
        if self._spool is None:
            body = b"".join(self._waiting)
            self._digest.update(body)
            with _meaning():
                await obstore.put_async(
                    self._bucket, name, head + body, mode="create", use_multipart=False
                )
        else:
            await asyncio.to_thread(self._write_spool)
            if self._failure is not None:
                raise self._failure
            with self._spool as spool, _meaning():
                await obstore.put_async(
                    self._bucket,
                    name,
                    _iter_spooled(head, spool),
                    chunk_size=_PART_BYTES,
                    max_concurrency=_PARTS_AT_ONCE,
                )
        return StoredBlob(_KEY_PREFIX + name, len(head), self._length, self._digest.digest())

    def _write_spool(self) -> None:
        chunk = b"".join(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        self._digest.update(chunk)
        try:
            if self._spool is None:
                self._spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed by commit, abandon
            self._spool.write(chunk)
        except OSError as error:
            log.warning("spool_failed", error_type=type(error).__name__)
            self._failure = StorageUnavailable("the object cannot be kept while it arrives")


async def _iter_spooled(head: bytes, spool: IO[bytes]) -> AsyncIterator[bytes]:
    yield head
    spool.seek(0)
    while chunk := await asyncio.to_thread(spool.read, _SPOOL_CHUNK_BYTES):
        yield chunk


class S3BlobStore:
    """Write-once blobs in a bucket."""

    def __init__(self, bucket: ObjectStore, large_blob_bytes: int) -> None:
        self._bucket = bucket
        self._large_blob_bytes = large_blob_bytes

    @classmethod
    def of(cls, settings: S3StorageSettings) -> Self:
        """Open the bucket that the settings name."""
        return cls(open_bucket(settings), settings.large_blob_bytes)

    @property
    def replays(self) -> bool:
        """False: a bucket is not searched at start-up."""
        return False

    @property
    def chunk_bytes(self) -> int:
        """As much as is worth a request."""
        return _RANGE_BYTES

    def check_writable(self) -> None:
        """Raise nothing: only the bucket knows."""

    def writer(self, new_digest: NewDigest = hashlib.sha256, /) -> S3BlobWriter:
        """Begin a blob."""
        return S3BlobWriter(self._bucket, self._large_blob_bytes, new_digest())

    async def read(self, key: str, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes of a blob."""
        if length == 0:
            return b""
        found = await self._get(key, offset, length)
        if len(found) != length:
            raise BlobDamaged("the blob ends before the range does")
        return found

    async def fill(self, key: str, offset: int, buffer: memoryview) -> None:
        """Fill a buffer with a range of a blob."""
        buffer[:] = await self.read(key, offset, len(buffer))

    def try_fill(self, _key: str, _offset: int, _buffer: memoryview) -> bool:
        """Do nothing: a bucket is always waited for."""
        return False

    async def begin(self, key: str, length: int) -> bytes:
        """Return the first `length` bytes of a blob, fewer where it is shorter."""
        return await self._get(key, 0, length)

    async def iter_range(self, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
        """Stream a range in bounded chunks, one request each."""
        end = offset + length
        for start in range(offset, end, _RANGE_BYTES):
            yield await self.read(key, start, min(_RANGE_BYTES, end - start))

    async def size(self, key: str) -> int:
        """Return the length of a blob, head and body."""
        with _meaning():
            return (await obstore.head_async(self._bucket, _name(key)))["size"]

    async def delete(self, keys: Iterable[str]) -> None:
        """Delete blobs."""
        for key in keys:
            try:
                with _meaning():
                    await obstore.delete_async(self._bucket, _name(key))
            except BlobMissing:
                continue

    def settle(self, keys: Iterable[str]) -> None:
        """Do nothing: there is no replay."""

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

    async def _get(self, key: str, offset: int, length: int) -> bytes:
        """Return a range, or what there is of it."""
        with _meaning():
            return bytes(
                await obstore.get_range_async(self._bucket, _name(key), start=offset, length=length)
            )


def _name(key: str) -> str:
    name = key.removeprefix(_KEY_PREFIX)
    if len(name) == len(key) or not name.isalnum():
        raise BlobMissing("the key was not made by this store")
    return name
