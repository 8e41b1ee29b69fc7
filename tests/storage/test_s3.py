"""Blobs in a bucket; the bucket here is in memory (see also tests/peers)."""

import os
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from sonarium.storage.errors import BlobMissing, StorageUnavailable
from sonarium.storage.s3 import S3BlobStore, open_bucket
from sonarium.storage.settings import S3StorageSettings

NOBODY = S3StorageSettings(
    bucket="nobody",
    endpoint="http://127.0.0.1:9",
    allow_http=True,
    timeout=timedelta(seconds=2),
    retries=0,
)


async def test_a_large_blob_waits_in_a_file_that_has_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    store = S3BlobStore(MemoryStore(), large_blob_bytes=1000)
    body = os.urandom(5_000_000)
    writer = store.writer()
    for start in range(0, len(body), 99_999):
        waiting = writer.feed(body[start : start + 99_999])
        if waiting is not None:
            await waiting
        assert list(tmp_path.iterdir()) == []
    blob = await writer.commit(b"head")
    assert await store.read(blob.key, 4, len(body)) == body


@pytest.mark.enable_socket
async def test_a_bucket_that_does_not_answer_is_unavailable() -> None:
    store = S3BlobStore(open_bucket(NOBODY), large_blob_bytes=1000)
    for length in (10, 5000):
        writer = store.writer()
        waiting = writer.feed(bytes(length))
        if waiting is not None:
            await waiting
        with pytest.raises(StorageUnavailable):
            await writer.commit(b"head")
    with pytest.raises(StorageUnavailable):
        await store.size("o.0123")


async def test_no_key_leads_to_another_object() -> None:
    store = S3BlobStore(MemoryStore(), large_blob_bytes=1000)
    for key in ("o.", "o.a/b", "x", "o.../secret"):
        with pytest.raises(BlobMissing):
            await store.size(key)
