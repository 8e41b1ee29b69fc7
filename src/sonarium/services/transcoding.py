"""Stored objects in another transfer syntax, read and recoded piece by piece.

Pixels are recoded in decoding workers; here bytes are only read, passed on and joined.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from sonarium.db.pool import Database
from sonarium.dicom.deflate import BoundedInflater, Deflater
from sonarium.dicom.frames import unpack_frames
from sonarium.dicom.header import unpack_header
from sonarium.dicom.part10 import file_meta
from sonarium.dicom.pixels.errors import TranscodeRefused
from sonarium.dicom.pixels.format import lut_holes
from sonarium.dicom.pixels.transcode import (
    RecodedFrame,
    StoredRange,
    TranscodePlan,
    plan_transcode,
    recode_frame,
)
from sonarium.dicom.scanned_data_set import DEFAULT_LIMITS
from sonarium.dicom.uids import transfer_syntax
from sonarium.domain.selection import Selection
from sonarium.index.instances import InstanceRow, headers_of
from sonarium.services.decoding import DecodingPool
from sonarium.storage.blob_store import BlobStore

_CHUNK: Final = 1024 * 1024  # a multiple of every word size


class Transcoder:
    """Plans and carries out the transcoding of stored instances."""

    def __init__(self, database: Database, blobs: BlobStore, pool: DecodingPool) -> None:
        self._database = database
        self._blobs = blobs
        self._pool = pool

    async def transcode(
        self, instance: InstanceRow, target_transfer_syntax_uid: str
    ) -> AsyncIterator[bytes]:
        """Return the data set of an instance in another transfer syntax, as a stream.

        Raises:
            TranscodeRefused: the target cannot hold these pixels without a loss.
            BlobMissing, BlobDamaged: with the stream.
            DecodeFailed: with the stream: the stored pixels are broken.
        """
        source = await self._source(instance)
        plan = await self._plan(instance, target_transfer_syntax_uid, source)
        pieces = self._carry_out(plan, source)
        return _deflated(pieces) if plan.is_deflated else pieces

    @staticmethod
    def head(instance: InstanceRow, target_transfer_syntax_uid: str) -> bytes:
        """Write the start of a file whose data set is the transcoded one (PS3.10 7.1)."""
        return file_meta(
            sop_class_uid=instance.sop_class_uid,
            sop_instance_uid=instance.sop_instance_uid,
            transfer_syntax_uid=target_transfer_syntax_uid,
        )

    async def frames(
        self, instance: InstanceRow, target_transfer_syntax_uid: str, wanted: Sequence[int]
    ) -> list[bytes]:
        """Return frames (the first is 0) of an instance in another transfer syntax.

        Raises:
            TranscodeRefused: the target cannot hold these pixels, or there is nothing to recode.
            BlobMissing, BlobDamaged, DecodeFailed: the stored pixels are gone or broken.
        """
        source = await self._source(instance)
        plan = await self._plan(instance, target_transfer_syntax_uid, source)
        recoded = [part for part in plan.parts() if isinstance(part, RecodedFrame)]
        if not all(0 <= frame < len(recoded) for frame in wanted):
            raise TranscodeRefused("the object has not all of these frames to recode")
        return [await self._recode(plan, recoded[frame], source) for frame in wanted]

    async def _plan(
        self, instance: InstanceRow, target_transfer_syntax_uid: str, source: "_Stored | _Inflated"
    ) -> TranscodePlan:
        selection = Selection(
            instance.study_instance_uid,
            instance.series_instance_uid,
            instance.sop_instance_uid,
        )
        async with self._database.transaction() as tx:
            rows = await headers_of(tx, selection)
        if not rows:
            raise TranscodeRefused("the instance is no longer there")
        header = unpack_header(rows[0].packed_header)
        frames = instance.packed_frames
        return plan_transcode(
            header,
            None if frames is None else unpack_frames(frames),
            target_transfer_syntax_uid,
            {hole: await source.read(hole.offset, hole.length) for hole in lut_holes(header)},
        )

    async def _source(self, instance: InstanceRow) -> "_Stored | _Inflated":
        stored = _Stored(self._blobs, instance)
        if not transfer_syntax(instance.transfer_syntax_uid).is_deflated:
            return stored
        deflated = await stored.read(0, instance.data_set_length)
        return _Inflated(await asyncio.to_thread(_inflate, deflated))

    async def _carry_out(
        self, plan: TranscodePlan, source: "_Stored | _Inflated"
    ) -> AsyncIterator[bytes]:
        for part in plan.parts():
            if isinstance(part, bytes):
                yield part
            elif isinstance(part, StoredRange):
                for offset in range(part.offset, part.offset + part.length, _CHUNK):
                    length = min(_CHUNK, part.offset + part.length - offset)
                    yield _turned(await source.read(offset, length), part.word_size)
            else:
                yield await self._recode(plan, part, source)

    async def _recode(
        self, plan: TranscodePlan, part: RecodedFrame, source: "_Stored | _Inflated"
    ) -> bytes:
        if plan.recoding is None:
            raise TranscodeRefused("the plan has a frame and no way to recode it")
        stored = [await source.read(offset, length) for offset, length in part.extents]
        return await self._pool.run(recode_frame, b"".join(stored), plan.recoding, part.bit_offset)


class _Stored:
    """Reads a data set from its blob."""

    def __init__(self, blobs: BlobStore, instance: InstanceRow) -> None:
        self._blobs = blobs
        self._key = instance.blob_key
        self._offset = instance.data_set_offset

    async def read(self, offset: int, length: int) -> bytes:
        """Return a range of the data set."""
        return await self._blobs.read(self._key, self._offset + offset, length)


class _Inflated:
    """Reads a data set that was stored deflated."""

    def __init__(self, inflated: bytes) -> None:
        self._inflated = inflated

    async def read(self, offset: int, length: int) -> bytes:
        """Return a range of the data set."""
        return self._inflated[offset : offset + length]


async def _deflated(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    deflater = Deflater()
    async for piece in pieces:
        yield await asyncio.to_thread(deflater.deflate, piece)
    yield await asyncio.to_thread(deflater.finish)


def _inflate(deflated: bytes) -> bytes:
    inflater = BoundedInflater(DEFAULT_LIMITS.inflated_bytes)
    return b"".join(inflater.inflate(deflated))


def _turned(chunk: bytes, word_size: int) -> bytes:
    """Reverse the bytes of each word."""
    if word_size == 1:
        return chunk
    turned = bytearray(len(chunk))
    for at in range(word_size):
        turned[at::word_size] = chunk[word_size - 1 - at :: word_size]
    return bytes(turned)
