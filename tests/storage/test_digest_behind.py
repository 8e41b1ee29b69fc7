"""A digest taken behind is that of the bytes in their order, and never far behind."""

import asyncio
import hashlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sonarium.storage.digest_behind import DigestBehind


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as executor:
        yield executor


@pytest.mark.parametrize(
    "lengths", [[], [5], [2**19] * 9, [7, 2**19, 7, 2**18, 2**20, 1], [70_001] * 40], ids=str
)
async def test_it_is_that_of_the_bytes_in_their_order(
    threads: ThreadPoolExecutor, lengths: list[int]
) -> None:
    pieces = [os.urandom(length) for length in lengths]
    behind = DigestBehind(hashlib.sha256(), threads)
    for piece in pieces:
        waiting = behind.update(piece)
        if waiting is not None:
            await waiting
    waiting = behind.end()
    if waiting is not None:
        await waiting
    assert behind.digest() == hashlib.sha256(b"".join(pieces)).digest()


async def test_little_is_taken_at_once(threads: ThreadPoolExecutor) -> None:
    behind = DigestBehind(hashlib.sha256(), threads)
    assert behind.update(b"little") is None
    assert behind.end() is None
    assert behind.digest() == hashlib.sha256(b"little").digest()


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
    behind = DigestBehind(slow, threads)
    piece = bytes(2**19)
    fed = 1
    while (waiting := behind.update(piece)) is None:
        fed += 1
        assert fed < 10
    held_back = asyncio.ensure_future(waiting)
    await asyncio.sleep(0)
    assert not held_back.done()
    slow.may_go_on.set()
    await held_back
    rest = behind.end()
    if rest is not None:
        await rest
    assert slow.taken == fed * len(piece)
