"""Deflated data sets: made, and inflated without being blown up by them (PS3.5 A.5)."""

import zlib
from collections.abc import Iterator

from sonarium.dicom.errors import MalformedDataSet, TruncatedDataSet

_PIECE_BYTES = 256 * 1024
_FREE_RATIO_BYTES = 16 * 2**20
_MAX_RATIO = 400
_MAX_REST_BYTES = 64


class BoundedInflater:
    """Inflates piece by piece; refuses what grows beyond a limit.

    Deflate reaches 1,032:1 at most. Real images stay far below `_MAX_RATIO`;
    a small object may exceed it, since a black frame is no attack.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._taken = 0
        self._given = 0
        self._head = b""
        self._stream: zlib._Decompress | None = None
        self._ended = False
        self._rest = bytearray()

    def inflate(self, chunk: bytes | memoryview) -> Iterator[bytes]:
        """Yield what `chunk` inflates to, in pieces of bounded size.

        Raises:
            MalformedDataSet: not a deflate stream, or one that grows beyond bounds.
        """
        self._taken += len(chunk)
        if self._stream is None:
            self._head += bytes(chunk)
            if len(self._head) < 2:
                return
            self._stream = zlib.decompressobj(_window_bits(self._head))
            chunk, self._head = self._head, b""
        waiting: bytes | memoryview = chunk
        while not self._ended:
            try:
                piece = self._stream.decompress(waiting, _PIECE_BYTES)
            except zlib.error as error:
                raise MalformedDataSet("the deflated data set is corrupt") from error
            self._ended = self._stream.eof
            self._given += len(piece)
            self._check_growth()
            if piece:
                yield piece
            waiting = self._stream.unused_data if self._ended else self._stream.unconsumed_tail
            if not waiting and len(piece) < _PIECE_BYTES:
                return
        self._rest += waiting
        if len(self._rest) > _MAX_REST_BYTES:
            raise MalformedDataSet("the deflated data set is followed by something else")

    def finish(self) -> None:
        """Say that all chunks were given.

        Padding may follow the stream, and so may the trailer of a gzip file (CRC
        and size), which a known toolkit leaves there.

        Raises:
            TruncatedDataSet: the stream has no end.
            MalformedDataSet: something else follows it.
        """
        if not self._ended:
            raise TruncatedDataSet("the deflated data set ends early")
        size = self._given.to_bytes(8, "little")[:4]
        trailer = self._rest[8:] if self._rest[4:8] == size else self._rest
        if trailer.strip(b"\0"):
            raise MalformedDataSet("the deflated data set is followed by something else")

    def _check_growth(self) -> None:
        if self._given > self._max_bytes or (
            self._given > _FREE_RATIO_BYTES and self._given > _MAX_RATIO * self._taken
        ):
            raise MalformedDataSet("the deflated data set inflates beyond bounds")


def deflate(encoded: bytes) -> bytes:
    """Deflate a data set (PS3.5 A.5): a raw stream, padded to even length."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = compressor.compress(encoded) + compressor.flush()
    return deflated + b"\0" * (len(deflated) & 1)


def _window_bits(head: bytes) -> int:
    """Tell the raw stream of PS3.5 A.5 from one that a careless writer wrapped in zlib.

    A raw stream that began with the bytes of a zlib header would open with a
    stored block whose padding bits are not zero, which no encoder writes.
    """
    is_zlib = head[0] & 0x8F == 0x08 and int.from_bytes(head[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS


class Deflater:
    """Deflates a data set while it streams (PS3.5 A.5)."""

    def __init__(self) -> None:
        self._compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        self._length = 0

    def deflate(self, piece: bytes) -> bytes:
        """Return what has become ready with a piece, perhaps nothing yet."""
        ready = self._compressor.compress(piece)
        self._length += len(ready)
        return ready

    def finish(self) -> bytes:
        """Return the rest, padded to an even length."""
        rest = self._compressor.flush()
        return rest + b"\0" * ((self._length + len(rest)) & 1)
