"""Opens sealed blobs: whole and small ones by one read, long ones some pieces at a time.

No byte is given out before the piece that holds it has been authenticated.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from sonarium.storage.blob_store import BlobStore
from sonarium.storage.errors import BlobDamaged
from sonarium.storage.group_keys import GroupKey, GroupKeys
from sonarium.storage.sealed_place import SealedPlace
from sonarium.storage.sealing import (
    PIECE_BYTES,
    SEALED_PIECE_BYTES,
    TAG_BYTES,
    BlobCipher,
    Body,
    key_id_of,
    read_box,
    read_header,
)

_REMEMBERED: Final = 2048
_AT_ONCE_BYTES: Final = 512 * 1024
"""A range that ends before is read together with the front; a longer one streams."""
_SPARE: Final = 2
"""How many pieces of memory to read into are kept: fresh memory costs as much as the read."""


@dataclass(frozen=True, slots=True)
class OpenedBlob:
    """A sealed blob that is being read."""

    place: SealedPlace
    cipher: BlobCipher
    group_key: GroupKey
    body: Body
    head: bytes

    @property
    def length(self) -> int:
        """How long the plain blob is, head and body, in bytes."""
        return len(self.head) + self.body.length


class SealedReader:
    """Reads plain ranges of what lies sealed in the store below."""

    def __init__(self, below: BlobStore, keys: GroupKeys) -> None:
        self._below = below
        self._keys = keys
        self._opened: OrderedDict[str, OpenedBlob] = OrderedDict()
        self._step = max(1, below.chunk_bytes // SEALED_PIECE_BYTES) * SEALED_PIECE_BYTES
        self._memory: list[bytearray] = []

    async def open(self, place: SealedPlace) -> OpenedBlob:
        """Return what header and box tell.

        Raises:
            BlobDamaged: they are not what was written.
            KeyDestroyed: its key was destroyed, or is nowhere.
            StorageUnavailable: its root key is not here.
        """
        return self._remembered(place) or await self._open(
            place, await self._below.read(place.below, 0, place.front_length)
        )

    async def read(self, place: SealedPlace, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes of the plain blob.

        Raises:
            BlobDamaged, KeyDestroyed, StorageUnavailable: as `open`.
        """
        if length > self._step:
            return b"".join([chunk async for chunk in self._iter_chunks(place, offset, length)])
        plain = bytearray(length)
        await self.fill(place, offset, memoryview(plain))
        return bytes(plain)

    async def fill(self, place: SealedPlace, offset: int, buffer: memoryview) -> None:
        """Fill a buffer with a range of the plain blob.

        Raises:
            BlobDamaged, KeyDestroyed, StorageUnavailable: as `open`.
        """
        blob, begun = await self._begun(place, offset + len(buffer))
        start, wanted = _fill_from_head(blob, offset, buffer)
        if not wanted:
            return
        first, at, length = place.sealed_range(start, start + len(wanted), blob.body.length)
        if begun:
            if _open_into(blob, begun[at : at + length], first, start, wanted) < len(wanted):
                raise BlobDamaged("the blob ends before its body does")
            return
        memory = self._take_memory()
        for done in range(0, length, self._step):
            sealed = memoryview(memory)[: min(self._step, length - done)]
            await self._below.fill(place.below, at + done, sealed)
            filled = _open_into(blob, sealed, first, start, wanted)
            wanted, start = wanted[filled:], start + filled
            first += self._step // SEALED_PIECE_BYTES
        self._give_back(memory)

    def try_fill(self, place: SealedPlace, offset: int, buffer: memoryview) -> bool:
        """Fill a buffer as `fill`, of a blob that was opened before and if nothing is waited for.

        Raises:
            BlobDamaged: as `open`.
        """
        blob = self._remembered(place)
        if blob is None:
            return False
        start, wanted = _fill_from_head(blob, offset, buffer)
        if not wanted:
            return True
        first, at, length = place.sealed_range(start, start + len(wanted), blob.body.length)
        if length > self._step:
            return False
        memory = self._take_memory()
        sealed = memoryview(memory)[:length]
        is_here = self._below.try_fill(place.below, at, sealed)
        if is_here:
            _open_into(blob, sealed, first, start, wanted)
        self._give_back(memory)
        return is_here

    def _take_memory(self) -> bytearray:
        return self._memory.pop() if self._memory else bytearray(self._step)

    def _give_back(self, memory: bytearray) -> None:
        if len(self._memory) < _SPARE:
            self._memory.append(memory)

    async def iter_range(
        self, place: SealedPlace, offset: int, length: int
    ) -> AsyncIterator[bytes]:
        """Stream a plain range in bounded chunks.

        Raises:
            BlobDamaged, KeyDestroyed, StorageUnavailable: as `open`.
        """
        if length <= _AT_ONCE_BYTES:
            yield await self.read(place, offset, length)
            return
        async for chunk in self._iter_chunks(place, offset, length):
            yield chunk

    async def _iter_chunks(
        self, place: SealedPlace, offset: int, length: int
    ) -> AsyncIterator[bytes]:
        end = offset + length
        step = self._step // SEALED_PIECE_BYTES * PIECE_BYTES
        while offset < end:  # the first chunk ends with a piece, so that none is opened twice
            begun = place.head_length + (offset - place.head_length) // PIECE_BYTES * PIECE_BYTES
            chunk = min(end, begun + step) - offset
            yield await self.read(place, offset, chunk)
            offset += chunk

    def forget(self, below: str) -> None:
        """Drop what is known of a blob that was deleted."""
        self._opened.pop(below, None)

    async def _begun(self, place: SealedPlace, until: int) -> tuple[OpenedBlob, memoryview]:
        """Open a blob and, by the same read, fetch a short beginning of it.

        Nothing is fetched of a blob that was opened before, or for a range that ends far off.
        """
        blob = self._remembered(place)
        if blob is not None:
            return blob, memoryview(b"")
        if until > _AT_ONCE_BYTES:
            return await self.open(place), memoryview(b"")
        begun = memoryview(await self._below.begin(place.below, place.sealed_until(until)))
        return await self._open(place, bytes(begun[: place.front_length])), begun

    def _remembered(self, place: SealedPlace) -> OpenedBlob | None:
        blob = self._opened.get(place.below)
        if blob is not None:
            self._opened.move_to_end(place.below)
        return blob

    async def _open(self, place: SealedPlace, front: bytes) -> OpenedBlob:
        group_key = await self._keys.get(key_id_of(front))
        cipher = read_header(front, group_key.secret)
        body, head = read_box(cipher, front)
        blob = OpenedBlob(place, cipher, group_key, body, head)
        self._opened[place.below] = blob
        if len(self._opened) > _REMEMBERED:
            self._opened.popitem(last=False)
        return blob


def _fill_from_head(blob: OpenedBlob, offset: int, buffer: memoryview) -> tuple[int, memoryview]:
    """Fill what the head holds of a range; return what is wanted of the body, and from where on.

    Raises:
        BlobDamaged: the blob ends before the range does.
    """
    end = offset + len(buffer)
    if end > blob.length:
        raise BlobDamaged("the blob ends before the range does")
    in_head = blob.head[offset:end]
    if not in_head:
        return offset - len(blob.head), buffer
    buffer[: len(in_head)] = in_head
    return 0, buffer[len(in_head) :]


def _open_into(
    blob: OpenedBlob, sealed: memoryview, number: int, start: int, buffer: memoryview
) -> int:
    """Open whole pieces of a body into a buffer, from `start` on, and return how much they gave.

    A piece that is wanted whole is opened where it is wanted.
    """
    filled = 0
    skipped = start - number * PIECE_BYTES
    for at in range(0, len(sealed), SEALED_PIECE_BYTES):
        piece = sealed[at : at + SEALED_PIECE_BYTES]
        length = len(piece) - TAG_BYTES
        if not skipped and length <= len(buffer) - filled:
            blob.cipher.open_into(piece, number, buffer[filled : filled + length])
        else:
            part = blob.cipher.open(piece, number)[skipped : skipped + len(buffer) - filled]
            length = len(part)
            buffer[filled : filled + length] = part
        filled += length
        skipped = 0
        number += 1
    return filled
