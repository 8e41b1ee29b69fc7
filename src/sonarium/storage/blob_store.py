"""The interface of every blob store: write once, read ranges, delete.

A blob is a small head of ours (the File Meta Information) and a body (the data
set as it arrived). Keys are opaque text of ours, never made of DICOM text.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from sonarium.domain.group_key import WrappedKey

HEAD_BYTES = 4096
"""The longest head: room for it is left at the front of a blob that streams in."""


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A durable blob: where it is, and its body's place and digest."""

    key: str
    body_offset: int
    body_length: int
    body_sha256: bytes
    sealed_by: WrappedKey | None = None
    """The key of its group, which the index keeps; None: the blob lies open."""


class Digest(Protocol):
    """Something to tell a body by: 32 bytes, taken as it passes."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take the next bytes."""

    def digest(self) -> bytes:
        """Return the 32 bytes."""


NewDigest = Callable[[], Digest]


class BlobWriter(Protocol):
    """One blob being written; ends with exactly one `commit` or `abandon`."""

    def feed(self, chunk: bytes | memoryview) -> Awaitable[None] | None:
        """Take the next bytes of the body; await the answer, if any, before the next call.

        They are kept without a copy, so they must not change afterwards.

        Raises:
            StorageUnavailable: the blob is lost; never by the awaitable.
        """

    def end(self) -> Awaitable[None] | None:
        """Take note that the body is whole; await the answer, if any, before `commit`."""

    @property
    def head_length(self) -> int | None:
        """How long the head must be: the body is on its way already, behind room for it.

        To be asked after `end`, for the last bytes of the body may be what decides.
        None: any head up to `HEAD_BYTES` fits.
        """

    def commit(self, head: bytes, group: str = "", /) -> "asyncio.Future[StoredBlob]":
        """Begin at once to make head and body durable; the future ends when they are.

        Args:
            head: as long as `head_length` wants it.
            group: blobs that are destroyed together; they may share a key.

        Raises:
            StorageUnavailable: by the future; nothing is kept.
        """

    async def abandon(self) -> None:
        """Leave nothing behind."""


class BlobStore(Protocol):
    """Write-once blobs."""

    @property
    def replays(self) -> bool:
        """True when every durable blob is found again after a crash.

        Otherwise an object may be acknowledged only once the index knows it.
        """

    @property
    def chunk_bytes(self) -> int:
        """How much of a long range is best read at once."""

    def check_writable(self) -> None:
        """Raise at once when a blob begun now could not be kept.

        Raises:
            StorageUnavailable: what waits then is worth trying again.
        """

    def writer(self, new_digest: NewDigest = hashlib.sha256, /) -> BlobWriter:
        """Begin a blob; `new_digest` where its body is to be told by another digest."""

    async def read(self, key: str, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes of a blob (head included in `offset`).

        Raises:
            BlobMissing: no such blob.
            BlobDamaged: it ends before the range does, or the disk cannot read it.
        """

    async def fill(self, key: str, offset: int, buffer: memoryview) -> None:
        """Fill a buffer with a range of a blob; where it fails, its content means nothing.

        Raises:
            BlobMissing, BlobDamaged: as `read`.
        """

    def try_fill(self, key: str, offset: int, buffer: memoryview) -> bool:
        """Fill a buffer with a range if nothing has to be waited for; tell whether it was filled.

        Raises:
            BlobMissing, BlobDamaged: as `read`, where that shows at once.
        """

    async def begin(self, key: str, length: int) -> bytes:
        """Return the first `length` bytes of a blob, fewer where it is shorter.

        Raises:
            BlobMissing: no such blob.
            BlobDamaged: the disk cannot read it.
        """

    def iter_range(self, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
        """Stream a range in bounded chunks; nothing stays open between two of them.

        Raises:
            BlobMissing, BlobDamaged: as `read`, while it is read.
        """

    async def size(self, key: str) -> int:
        """Return the length of a blob, head and body.

        Raises:
            BlobMissing: no such blob.
        """

    async def delete(self, keys: Iterable[str]) -> None:
        """Delete blobs durably; keys that are gone already are passed over."""

    def settle(self, keys: Iterable[str]) -> None:
        """Note, exactly once for each committed blob, that the index knows it or it is gone."""

    def settled_volumes(self) -> list[str]:
        """List what a replay need not look at again, once the index has noted it."""

    def forget_volumes(self, volumes: Iterable[str]) -> None:
        """Drop volumes that the index has noted."""

    async def close_volumes(self) -> None:
        """Let volumes in use become settled; later blobs go to new ones."""

    async def close(self) -> None:
        """Make what waits durable, and end."""

    async def free_bytes(self) -> int | None:
        """Return the space left for blobs, None where there is no end of it."""
