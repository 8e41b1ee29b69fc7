"""What earlier processes left behind: found, checked and tidied at start-up.

Everything here blocks and belongs in a thread.
"""

import fcntl
import os
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sonarium.storage.blob_store import HEAD_BYTES, StoredBlob
from sonarium.storage.errors import BlobDamaged, BlobMissing
from sonarium.storage.keys import SegmentPlace, loose_key, place_of, segment_key
from sonarium.storage.layout import LEASES, LOOSE, PART_SUFFIX, SEGMENT_SUFFIX, SEGMENTS, path_of
from sonarium.storage.reading import OpenFile, read_now
from sonarium.storage.records import (
    BLOCK_BYTES,
    RECORD_HEADER_BYTES,
    RecordState,
    decode_record_header,
    decode_segment_header,
    sha256_of,
)
from sonarium.storage.segments import iter_records, trim
from sonarium.storage.volumes import lease_holders, lease_of

_CHUNK_BYTES = 1024 * 1024
_LOCK_NAME = "recovery.lock"


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What nobody writes any more."""

    volumes: tuple[str, ...]
    leases: tuple[str, ...]


class Recovery:
    """Reads the blob folder of a store as a replay needs it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from replaying at the same time; waits for them."""
        fd = os.open(self._folder / _LOCK_NAME, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    def leftovers(self) -> Leftovers:
        """List the volumes whose writer is gone, oldest first, and its lease."""
        # In this order: a volume seen belongs to a lease that was taken before.
        volumes = [
            *(path.name for path in (self._folder / LOOSE).iterdir() if path.is_dir()),
            *(
                path.name.removesuffix(SEGMENT_SUFFIX)
                for path in (self._folder / SEGMENTS).glob(f"*{SEGMENT_SUFFIX}")
            ),
        ]
        live, dead = lease_holders(self._folder / LEASES)
        return Leftovers(
            volumes=tuple(sorted(name for name in volumes if lease_of(name) not in live)),
            leases=tuple(sorted(dead)),
        )

    def blobs(self, volume: str) -> list[StoredBlob]:
        """List the blobs of a volume as their names and headers say; nothing is checked."""
        path = self._segment(volume)
        if path.exists():
            return _blobs_of_segment(path, volume)
        found = map(_loose_blob, sorted((self._folder / LOOSE / volume).iterdir()))
        return [blob for blob in found if blob is not None]

    def is_whole(self, blob: StoredBlob) -> bool:
        """Re-read a blob, and say whether head and body are what was written."""
        place = place_of(blob.key)
        try:
            file = OpenFile(path_of(self._folder, place))
        except FileNotFoundError:
            return False
        try:
            if isinstance(place, SegmentPlace):
                return _is_record_whole(file, place.offset, blob)
            return _body_sha256(file, blob.body_offset, blob.body_length) == blob.body_sha256
        except BlobDamaged:
            return False

    def front(self, blob: StoredBlob, length: int) -> bytes:
        """Read the beginning of a blob, no more than there is."""
        place = place_of(blob.key)
        start = place.offset + RECORD_HEADER_BYTES if isinstance(place, SegmentPlace) else 0
        length = min(length, blob.body_offset + blob.body_length)
        return read_now(OpenFile(path_of(self._folder, place)), start, length)

    def tidy(self, volume: str) -> int:
        """Remove files that never became a blob, and space that was never used.

        Returns:
            The number of files removed.
        """
        segment = self._segment(volume)
        if segment.exists():
            trim(segment)
            return 0
        parts = list((self._folder / LOOSE / volume).glob(f"*{PART_SUFFIX}"))
        for part in parts:
            part.unlink(missing_ok=True)
        return len(parts)

    def remove_leases(self, leases: Collection[str]) -> None:
        """Forget writers that are gone."""
        for lease in leases:
            (self._folder / LEASES / lease).unlink(missing_ok=True)

    def _segment(self, volume: str) -> Path:
        return self._folder / SEGMENTS / f"{volume}{SEGMENT_SUFFIX}"


def _blobs_of_segment(path: Path, volume: str) -> list[StoredBlob]:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return [
            StoredBlob(
                key=segment_key(volume, header.offset, header.blob_length),
                body_offset=header.head_length,
                body_length=header.body_length,
                body_sha256=header.body_sha256,
            )
            for header in iter_records(fd)
            if header.state is RecordState.LIVE
        ]
    finally:
        os.close(fd)


def _loose_blob(path: Path) -> StoredBlob | None:
    key = loose_key(path.parent.name, path.name)
    try:
        place = place_of(key)
    except BlobMissing:  # a stranger's file
        return None
    length = path.stat().st_size
    if isinstance(place, SegmentPlace) or length < HEAD_BYTES:
        return None
    return StoredBlob(key, HEAD_BYTES, length - HEAD_BYTES, place.body_sha256)


def _is_record_whole(file: OpenFile, offset: int, blob: StoredBlob) -> bool:
    identity = decode_segment_header(read_now(file, 0, BLOCK_BYTES))
    if identity is None:
        return False
    header = decode_record_header(identity, offset, read_now(file, offset, RECORD_HEADER_BYTES))
    if header is None or header.body_sha256 != blob.body_sha256:
        return False
    head = read_now(file, header.blob_offset, header.head_length)
    if zlib.crc32(head) != header.head_checksum:
        return False
    body = header.blob_offset + header.head_length
    return _body_sha256(file, body, header.body_length) == header.body_sha256


def _body_sha256(file: OpenFile, offset: int, length: int) -> bytes:
    end = offset + length
    return sha256_of(
        read_now(file, position, min(_CHUNK_BYTES, end - position))
        for position in range(offset, end, _CHUNK_BYTES)
    )
