"""Reading a stream that comes in chunks: what is kept of it, what is skipped, what waits.

Knows nothing of elements; the scanner on top says how far it got and where values
are left out.
"""

from typing import Final

from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.scanned_data_set import Hole

TAIL_BYTES: Final = 4
"""How much is remembered of the end of what was skipped."""

_NO_HOLE: Final = -1


class ChunkReader:
    """Hands chunks to `_advance`, which reads from `_buffer` at `_pos`.

    Positions: `_base` is the stream offset of the first byte of `_buffer`. Bytes from
    `_keep_from` on are to be kept and are not yet; `_shift` turns a buffer position
    into a position among the kept bytes.
    """

    def __init__(self, max_kept_bytes: int) -> None:
        self._max_kept_bytes = max_kept_bytes
        self._buffer: bytes | memoryview = b""
        self._base = 0
        self._pos = 0
        self._pending = bytearray()
        self._needed = 0
        self._known = 0
        """How much of the next buffer needs no reading, though it is to be kept."""
        self._skip = 0
        self._capture: bytearray | None = None
        self._tail = b""
        self._keep_from = 0
        self._shift = 0
        self._kept = 0
        self._pieces: list[bytes] = []
        self._holes: list[Hole] = []
        self._hole_start = _NO_HOLE

    def _advance(self) -> bool:
        """Read one thing; return False when `_starve` or `_move_to` left nothing to read."""
        raise NotImplementedError

    def _skipped(self) -> None:
        """Learn that what `_move_to` skipped has passed; `_tail` is its end."""

    def _read(self, chunk: bytes | memoryview) -> None:
        rest = chunk if not (self._skip or self._pending) else memoryview(chunk)
        while rest:
            if self._skip:
                rest = self._pass_over(memoryview(rest))
            elif self._pending:
                missing = self._needed - len(self._pending)
                self._pending += rest[:missing]
                rest = rest[missing:]
                if len(self._pending) < self._needed:
                    return
                waited = bytes(self._pending)
                self._pending = bytearray(waited[self._walk(waited) :])
            else:
                used = self._walk(rest)
                if used < len(rest):
                    self._pending += rest[used:]
                return

    def _walk(self, buffer: bytes | memoryview) -> int:
        """Advance as far as `buffer` reaches; return how much was used."""
        self._buffer = buffer
        self._pos, self._known = self._known, 0
        self._keep_from = self._needed = 0
        self._shift = self._kept
        while self._advance():
            pass
        if self._hole_start == _NO_HOLE:
            self._keep(self._pos)
        used = self._pos
        self._base += used
        self._buffer = b""
        return used

    def _pass_over(self, rest: memoryview) -> memoryview:
        """Skip what is left of a value; the same work whatever its size."""
        step = min(self._skip, len(rest))
        self._skip -= step
        self._base += step
        if self._capture is not None:
            self._capture += rest[:step]
        near = bytes(rest[max(0, step - TAIL_BYTES) : step])
        self._tail = (self._tail + near)[-TAIL_BYTES:]
        if not self._skip:
            self._skipped()
        return rest[step:]

    def _starve(self, needed: int) -> bool:
        """Stop until `needed` bytes from the present position are there."""
        self._needed = needed
        return False

    def _move_to(self, end: int) -> None:
        """Go on at `end`, which may lie beyond the buffer."""
        stop = len(self._buffer)
        self._pos = min(end, stop)
        self._skip = max(0, end - stop)

    def _keep(self, end: int) -> None:
        """Keep what lies before `end` and was not yet kept."""
        size = end - self._keep_from
        if self._kept + size > self._max_kept_bytes:
            raise MalformedDataSet("the header is too long")
        if size > 0:
            self._pieces.append(bytes(self._buffer[self._keep_from : end]))
            self._kept += size
        self._keep_from = end
        self._shift = self._kept - end

    def _begin_hole(self, start: int) -> None:
        """Keep nothing from `start` on."""
        self._keep(start)
        self._hole_start = self._base + start

    def _end_hole(self, end: int) -> None:
        """Close the hole and go on at `end`, which may lie beyond the buffer."""
        self._holes.append(Hole(self._hole_start, self._base + end - self._hole_start))
        self._hole_start = _NO_HOLE
        self._move_to(end)
        self._keep_from = self._pos
        self._shift = self._kept - self._pos
