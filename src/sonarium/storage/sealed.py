"""Blobs sealed on their way into any store, and opened on the way out (ADR 0020).

Offsets and digests are those of the plain blob; keys are those of the store below with the length
of header and box before them. Blobs that lie open, from before, are read as they are.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from sonarium.base.block_pool import BlockPool
from sonarium.base.errors import SonariumError
from sonarium.storage.blob_store import BlobStore, BlobWriter, Digest, NewDigest, StoredBlob
from sonarium.storage.errors import BlobDamaged
from sonarium.storage.group_keys import GroupKey, GroupKeys
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.recovery import Recovery
from sonarium.storage.sealed_place import SealedPlace, sealed_place_of
from sonarium.storage.sealed_reader import SealedReader
from sonarium.storage.sealing import (
    HEADER_BYTES,
    OVERHEAD_BYTES,
    BlobCipher,
    Body,
    is_sealed,
    write_front,
)
from sonarium.storage.sealing_behind import SealingBehind, sealing_blocks

_SEALING_THREADS: Final = 2


def _below(key: str) -> str:
    place = sealed_place_of(key)
    return key if place is None else place.below


class _NoDigest:
    """Stands for a body whose pieces are each authenticated: no other digest has to be taken."""

    def update(self, _data: bytes | memoryview, /) -> None:
        """Take nothing."""

    def digest(self) -> bytes:
        """Return what tells nothing."""
        return bytes(hashlib.sha256().digest_size)


class SealedBlobWriter:
    """One blob being sealed: whole pieces go on to the store below while the rest arrives."""

    def __init__(
        self,
        below: BlobWriter,
        keys: GroupKeys,
        digest: Digest,
        executor: Executor,
        blocks: BlockPool,
    ) -> None:
        self._below = below
        self._keys = keys
        self._cipher = BlobCipher.make()
        self._body = SealingBehind(self._cipher, digest, below, executor, blocks)
        self._length = 0
        self._is_whole = False

    def feed(self, chunk: bytes | memoryview) -> Awaitable[None] | None:
        """Take the next bytes of the body."""
        if self._is_whole:
            raise ValueError("the body has ended")
        self._length += len(chunk)
        return self._body.feed(chunk)

    def end(self) -> Awaitable[None] | None:
        """Seal the last bytes, and give them to the store below."""
        self._is_whole = True
        return self._body.end()

    @property
    def head_length(self) -> int | None:
        """What the store below left room for, less what sealing takes."""
        length = self._below.head_length
        return None if length is None else length - OVERHEAD_BYTES

    def commit(self, head: bytes, group: str = "", /) -> "asyncio.Future[StoredBlob]":
        """Begin to make the blob durable; its key is so before."""
        key = self._keys.ready(group)
        if key is None or self._body.failure is not None:
            return asyncio.ensure_future(self._commit(head, group))
        done: asyncio.Future[StoredBlob] = asyncio.get_running_loop().create_future()
        digest = self._body.digest()
        committed = self._below.commit(self._front(head, key, digest))

        def pass_on(_: "asyncio.Future[StoredBlob]") -> None:
            if done.done():
                return
            if committed.cancelled():
                done.cancel()
                return
            error = committed.exception()
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(self._stored(committed.result(), len(head), key, digest))

        committed.add_done_callback(pass_on)
        return done

    async def abandon(self) -> None:
        """Leave nothing behind."""
        self._is_whole = True
        await self._body.drop()
        await self._below.abandon()

    async def _commit(self, head: bytes, group: str) -> StoredBlob:
        try:
            if self._body.failure is not None:
                raise self._body.failure
            key = await self._keys.for_new_blob(group)
        except SonariumError:
            await self._below.abandon()
            raise
        digest = self._body.digest()
        committed = await self._below.commit(self._front(head, key, digest))
        return self._stored(committed, len(head), key, digest)

    def _front(self, head: bytes, key: GroupKey, digest: bytes) -> bytes:
        body = Body(digest, self._length)
        return write_front(self._cipher, key.secret, key.wrapped.key_id, body, head)

    def _stored(
        self, blob: StoredBlob, head_length: int, key: GroupKey, digest: bytes
    ) -> StoredBlob:
        place = SealedPlace(blob.key, head_length + OVERHEAD_BYTES)
        return StoredBlob(place.key, head_length, self._length, digest, key.wrapped)


class SealedBlobStore:
    """Seals what goes into the store below, and opens what comes out of it."""

    def __init__(self, below: BlobStore, keys: GroupKeys, *, seals_new: bool = True) -> None:
        self._below = below
        self._keys = keys
        self._seals_new = seals_new
        self._reader = SealedReader(below, keys)
        self._sealing = ThreadPoolExecutor(_SEALING_THREADS, "blob-sealer")
        self._blocks = sealing_blocks()

    @property
    def replays(self) -> bool:
        """As the store below: the keys lie beside its blobs."""
        return self._below.replays

    @property
    def chunk_bytes(self) -> int:
        """As the store below."""
        return self._below.chunk_bytes

    def check_writable(self) -> None:
        """Raise at once when a blob begun now could not be kept."""
        self._below.check_writable()

    def writer(self, new_digest: NewDigest = hashlib.sha256, /) -> BlobWriter:
        """Begin a blob."""
        if not self._seals_new:
            return self._below.writer(new_digest)
        below = self._below.writer(_NoDigest)
        return SealedBlobWriter(below, self._keys, new_digest(), self._sealing, self._blocks)

    async def read(self, key: str, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes of a blob."""
        place = sealed_place_of(key)
        if place is None:
            return await self._below.read(key, offset, length)
        return await self._reader.read(place, offset, length)

    async def fill(self, key: str, offset: int, buffer: memoryview) -> None:
        """Fill a buffer with a range of a blob."""
        place = sealed_place_of(key)
        if place is None:
            await self._below.fill(key, offset, buffer)
        else:
            await self._reader.fill(place, offset, buffer)

    def try_fill(self, key: str, offset: int, buffer: memoryview) -> bool:
        """Fill a buffer with a range of a blob that was opened before, if nothing is waited for."""
        place = sealed_place_of(key)
        if place is None:
            return self._below.try_fill(key, offset, buffer)
        return self._reader.try_fill(place, offset, buffer)

    async def begin(self, key: str, length: int) -> bytes:
        """Return the first bytes of a blob, fewer where it is shorter."""
        place = sealed_place_of(key)
        if place is None:
            return await self._below.begin(key, length)
        blob = await self._reader.open(place)
        return await self._reader.read(place, 0, min(length, blob.length))

    def iter_range(self, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
        """Stream a range in bounded chunks."""
        place = sealed_place_of(key)
        if place is None:
            return self._below.iter_range(key, offset, length)
        return self._reader.iter_range(place, offset, length)

    async def size(self, key: str) -> int:
        """Return the length of a plain blob, head and body."""
        place = sealed_place_of(key)
        if place is None:
            return await self._below.size(key)
        return (await self._reader.open(place)).length

    async def delete(self, keys: Iterable[str]) -> None:
        """Delete blobs durably."""
        doomed = [_below(key) for key in keys]
        for key in doomed:
            self._reader.forget(key)
        await self._below.delete(doomed)

    async def free_bytes(self) -> int | None:
        """Return the space left below."""
        return await self._below.free_bytes()

    def settle(self, keys: Iterable[str]) -> None:
        """Note that the index knows blobs, or that they are gone."""
        self._below.settle(map(_below, keys))

    def settled_volumes(self) -> list[str]:
        """List what a replay need not look at again."""
        return self._below.settled_volumes()

    def forget_volumes(self, volumes: Iterable[str]) -> None:
        """Drop volumes that the index has noted."""
        self._below.forget_volumes(volumes)

    async def close_volumes(self) -> None:
        """Let volumes in use become settled."""
        await self._below.close_volumes()

    async def close(self) -> None:
        """Make what waits durable, and end."""
        await self._below.close()
        await self._keys.close()
        await asyncio.to_thread(self._sealing.shutdown)

    async def found(self, blob: StoredBlob) -> StoredBlob:
        """Tell of a blob found below what was told when it was committed.

        Raises:
            BlobDamaged: it does not open.
            KeyDestroyed: its key was destroyed, or is nowhere.
            StorageUnavailable: its root key is not here.
        """
        place = sealed_place_of(blob.key)
        if place is None:
            return blob
        opened = await self._reader.open(place)
        return StoredBlob(
            blob.key,
            len(opened.head),
            opened.body.length,
            opened.body.sha256,
            opened.group_key.wrapped,
        )


class SealedLocalStore(SealedBlobStore):
    """Over local disk: what an earlier process left is found again."""

    def __init__(self, below: LocalBlobStore, keys: GroupKeys, *, seals_new: bool = True) -> None:
        super().__init__(below, keys, seals_new=seals_new)
        self._local = below

    @property
    def recovery(self) -> Recovery:
        """What earlier processes left in the folder."""
        return SealedRecovery(self._local.folder)


class SealedRecovery(Recovery):
    """Knows sealed blobs among those of a volume, and by which key they are read."""

    def blobs(self, volume: str) -> list[StoredBlob]:
        """List the blobs of a volume, whole or not."""
        return [self._named(blob) for blob in super().blobs(volume)]

    def is_whole(self, blob: StoredBlob) -> bool:
        """Say whether a blob is what was written; of a sealed one, opening its pieces tells."""
        return sealed_place_of(blob.key) is not None or super().is_whole(blob)

    def _named(self, blob: StoredBlob) -> StoredBlob:
        try:
            front = self.front(blob, HEADER_BYTES)
        except BlobDamaged:
            return blob
        if not is_sealed(front):
            return blob
        return replace(blob, key=SealedPlace(blob.key, blob.body_offset).key)
