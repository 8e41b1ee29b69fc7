"""Blobs in memory."""

import pytest

from sonarium.storage.errors import OutOfSpace
from sonarium.storage.memory import MemoryBlobStore


async def test_a_failure_is_raised_until_it_is_mended() -> None:
    store = MemoryBlobStore()
    store.failure = OutOfSpace("full")
    with pytest.raises(OutOfSpace):
        store.check_writable()
    with pytest.raises(OutOfSpace):
        await store.writer().commit(b"")
    store.failure = None
    store.check_writable()
    assert await store.writer().commit(b"")
