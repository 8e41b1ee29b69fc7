"""A body sealed behind opens as the bytes in their order, and is never far behind."""

import asyncio
import hashlib
import os
import threading
from collections.abc import Awaitable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sonarium.storage.blob_store import StoredBlob
from sonarium.storage.errors import OutOfSpace, StorageUnavailable
from sonarium.storage.sealing import SEALED_PIECE_BYTES, TAG_BYTES, BlobCipher
from sonarium.storage.sealing_behind import SealingBehind, sealing_blocks


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as executor:
        yield executor


class Below:
    """Keeps what is sealed; makes the feeder pause now and then, and fails when told to."""

    head_length = None

    def __init__(self, pause_every: int = 3) -> None:
        self.body = bytearray()
        self.fed = 0
        self.pause_every = pause_every
        self.failure: StorageUnavailable | None = None

    def feed(self, chunk: bytes | memoryview) -> Awaitable[None] | None:
        if self.failure is not None:
            raise self.failure
        self.body += chunk
        self.fed += 1
        return asyncio.sleep(0) if self.fed % self.pause_every == 0 else None

    def end(self) -> None:
        """Nothing has to be done for it."""

    def commit(self, head: bytes, group: str = "", /) -> "asyncio.Future[StoredBlob]":
        raise NotImplementedError

    async def abandon(self) -> None:
        self.body.clear()


async def seal(behind: SealingBehind, pieces: list[bytes]) -> None:
    for piece in pieces:
        waiting = behind.feed(piece)
        if waiting is not None:
            await waiting
    waiting = behind.end()
    if waiting is not None:
        await waiting


def opened(cipher: BlobCipher, sealed: bytearray) -> bytes:
    places = range(0, len(sealed), SEALED_PIECE_BYTES)
    pieces = (bytes(sealed[at : at + SEALED_PIECE_BYTES]) for at in places)
    return b"".join(cipher.open(piece, number) for number, piece in enumerate(pieces))


@pytest.mark.parametrize(
    "lengths",
    [[], [5], [2**16], [2**19] * 9, [7, 2**19, 7, 2**18, 2**20, 1], [70_001] * 40],
    ids=str,
)
async def test_what_is_sealed_opens_as_the_bytes_in_their_order(
    threads: ThreadPoolExecutor, lengths: list[int]
) -> None:
    pieces = [os.urandom(length) for length in lengths]
    plain = b"".join(pieces)
    cipher, below = BlobCipher.make(), Below()
    behind = SealingBehind(cipher, hashlib.sha256(), below, threads, sealing_blocks())
    await seal(behind, pieces)
    assert behind.digest() == hashlib.sha256(plain).digest()
    assert opened(cipher, below.body) == plain
    whole, rest = divmod(len(plain), 2**16)
    assert len(below.body) == whole * SEALED_PIECE_BYTES + (rest + TAG_BYTES if rest else 0)


async def test_little_is_sealed_at_once(threads: ThreadPoolExecutor) -> None:
    below = Below()
    behind = SealingBehind(BlobCipher.make(), hashlib.sha256(), below, threads, sealing_blocks())
    assert behind.feed(b"little") is None
    assert behind.end() is None
    assert below.fed == 1


class SlowDigest:
    """Takes nothing until it is let."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.taken = 0

    def update(self, data: bytes | memoryview, /) -> None:
        assert self.may_go_on.wait(10)
        self.taken += len(data)

    def digest(self) -> bytes:
        return self.taken.to_bytes(32, "big")


async def test_whoever_feeds_faster_is_held_back(threads: ThreadPoolExecutor) -> None:
    slow = SlowDigest()
    behind = SealingBehind(BlobCipher.make(), slow, Below(), threads, sealing_blocks())
    piece = bytes(2**19)
    assert behind.feed(piece) is None
    await asyncio.sleep(0)  # the first is under way
    fed = 2
    while (waiting := behind.feed(piece)) is None:
        fed += 1
        assert fed < 10
    held_back = asyncio.ensure_future(waiting)
    await asyncio.sleep(0)
    assert not held_back.done()
    slow.may_go_on.set()
    await held_back
    await seal(behind, [])
    assert slow.taken == fed * len(piece)


async def test_a_store_that_fails_is_told_at_the_next_bytes(threads: ThreadPoolExecutor) -> None:
    below = Below()
    behind = SealingBehind(BlobCipher.make(), hashlib.sha256(), below, threads, sealing_blocks())
    below.failure = OutOfSpace("full")
    await seal(behind, [bytes(2**19)])
    assert behind.failure is below.failure
    with pytest.raises(OutOfSpace):
        behind.feed(b"more")
    assert not below.body


async def test_what_was_dropped_is_not_fed_below(threads: ThreadPoolExecutor) -> None:
    slow, below = SlowDigest(), Below()
    behind = SealingBehind(BlobCipher.make(), slow, below, threads, sealing_blocks())
    behind.feed(bytes(2**19))
    await asyncio.sleep(0)
    behind.feed(bytes(2**20))
    slow.may_go_on.set()
    await behind.drop()
    assert len(below.body) == 8 * SEALED_PIECE_BYTES
