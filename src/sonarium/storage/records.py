"""The bytes of a segment: one segment header, then records; encoding only, no files.

A segment begins with a block that holds its random identity. Each record begins on a block
of its own, so that an acknowledged record never shares a block with a later write, and is a
header, the head and the body of one blob, and padding to the next block. A record header
repeats the segment's identity and its own offset under a checksum: bytes inside a blob can
not pass for a record, however hostile, because nobody outside knows the identity.

Only one byte is ever written again: `state`, when a blob is deleted. It lies outside the
checksum, so that a record survives in either state.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from sonarium.storage.blob_store import Digest

BLOCK_BYTES = 4096
RECORD_HEADER_BYTES = 128
SEGMENT_MAGIC = b"SONASEG1"
RECORD_MAGIC = b"SONABLB1"

_SEGMENT = struct.Struct("<8s16sI")  # magic, identity, checksum of both
_RECORD = struct.Struct("<8s16sQQII32sI")
# magic, identity, offset, body length, head length, checksum of the head, SHA-256 of the
# body, checksum of all before; the state follows
_STATE_OFFSET = _RECORD.size


class RecordState(IntEnum):
    """What the state byte of a record says; any other value is damage, and taken for LIVE."""

    LIVE = 0x5A
    DELETED = 0xA5


@dataclass(frozen=True, slots=True)
class RecordHeader:
    """One record of a segment."""

    offset: int
    head_length: int
    head_checksum: int
    body_length: int
    body_sha256: bytes
    state: RecordState = RecordState.LIVE

    @property
    def blob_offset(self) -> int:
        """Where head and body begin in the segment."""
        return self.offset + RECORD_HEADER_BYTES

    @property
    def blob_length(self) -> int:
        """Length of head and body."""
        return self.head_length + self.body_length

    @property
    def end(self) -> int:
        """Where the next record may begin."""
        return next_block(self.blob_offset + self.blob_length)

    @property
    def state_offset(self) -> int:
        """Where the state byte lies in the segment."""
        return self.offset + _STATE_OFFSET


def next_block(offset: int) -> int:
    """Round up to the beginning of a block."""
    return -(-offset // BLOCK_BYTES) * BLOCK_BYTES


def record_length(blob_length: int) -> int:
    """Return how much of a segment a blob takes."""
    return next_block(RECORD_HEADER_BYTES + blob_length)


def sha256_of(chunks: Iterable[bytes | memoryview]) -> bytes:
    """Digest chunks in turn."""
    return digest_of(chunks, hashlib.sha256())


def digest_of(chunks: Iterable[bytes | memoryview], digest: Digest) -> bytes:
    """Let a digest take chunks in turn."""
    for chunk in chunks:
        digest.update(chunk)
    return digest.digest()


def encode_segment_header(identity: bytes) -> bytes:
    """Write the first block of a segment."""
    plain = SEGMENT_MAGIC + identity
    return (plain + zlib.crc32(plain).to_bytes(4, "little")).ljust(BLOCK_BYTES, b"\0")


def decode_segment_header(block: bytes) -> bytes | None:
    """Return the identity of a segment, None when `block` does not begin one."""
    if len(block) < _SEGMENT.size:
        return None
    magic, identity, checksum = _SEGMENT.unpack_from(block)
    if magic != SEGMENT_MAGIC or checksum != zlib.crc32(magic + identity):
        return None
    return bytes(identity)


def encode_record_header(identity: bytes, header: RecordHeader) -> bytes:
    """Write the header of a record."""
    plain = _RECORD.pack(
        RECORD_MAGIC,
        identity,
        header.offset,
        header.body_length,
        header.head_length,
        header.head_checksum,
        header.body_sha256,
        0,
    )[:-4]
    checked = plain + zlib.crc32(plain).to_bytes(4, "little") + bytes((header.state,))
    return checked.ljust(RECORD_HEADER_BYTES, b"\0")


def decode_record_header(identity: bytes, offset: int, block: bytes) -> RecordHeader | None:
    """Read the record that begins at `offset`, None when none does."""
    if not block.startswith(RECORD_MAGIC) or len(block) < RECORD_HEADER_BYTES:
        return None
    _, own, at, body_length, head_length, head_checksum, sha256, checksum = _RECORD.unpack_from(
        block
    )
    if own != identity or at != offset or checksum != zlib.crc32(block[: _RECORD.size - 4]):
        return None
    deleted = block[_STATE_OFFSET] == RecordState.DELETED
    return RecordHeader(
        offset=at,
        head_length=head_length,
        head_checksum=head_checksum,
        body_length=body_length,
        body_sha256=bytes(sha256),
        state=RecordState.DELETED if deleted else RecordState.LIVE,
    )
