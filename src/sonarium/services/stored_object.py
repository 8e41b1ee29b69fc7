"""Reads a stored blob again as when it arrived: for a replay, and for a person's second look."""

from sonarium.dicom.header import header_of
from sonarium.dicom.part10 import split_part10
from sonarium.dicom.scanner import DataSetScanner
from sonarium.index.ingest import NewInstance
from sonarium.services.acceptance import Describer, identity_of
from sonarium.services.blob_head import read_blob_head
from sonarium.storage.blob_store import HEAD_BYTES, BlobStore, StoredBlob


async def find_body(blobs: BlobStore, key: str, sha256: bytes) -> StoredBlob:
    """Return where the data set of a blob lies, whose digest is known.

    Raises:
        BlobMissing, BlobDamaged: it cannot be read.
        MalformedDataSet: its head is not ours.
    """
    size = await blobs.size(key)
    head = await blobs.read(key, 0, min(size, HEAD_BYTES))
    offset = split_part10(head).data_set_offset
    return StoredBlob(key, offset, size - offset, sha256)


async def describe_again(blobs: BlobStore, blob: StoredBlob, describer: Describer) -> NewInstance:
    """Describe a stored object for the index.

    Raises:
        BlobMissing, BlobDamaged: it cannot be read.
        MalformedDataSet, MissingIdentity: it cannot be understood.
    """
    head = read_blob_head(await blobs.read(blob.key, 0, blob.body_offset))
    scanner = DataSetScanner(head.transfer_syntax_uid)
    async for chunk in blobs.iter_range(blob.key, blob.body_offset, blob.body_length):
        scanner.feed(chunk)
    scanned = scanner.finish()
    header = header_of(scanned)
    identity = identity_of(header)
    return describer.describe(identity, scanned, header, head.source, head.received_at).at(blob)
