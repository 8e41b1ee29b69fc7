"""Finds PDUs in a byte stream, in place: what is read from the socket is never copied again."""

import struct
from typing import Final

from sonarium.base.block_pool import BlockPool
from sonarium.wire.upper_layer.errors import AbortReason, InvalidPDU
from sonarium.wire.upper_layer.pdu import PDU_HEADER_LENGTH, PDUType

_LENGTH: Final = struct.Struct(">L")
_FIRST_CAPACITY: Final = 4 * 1024
_LARGEST_CAPACITY: Final = 512 * 1024
_SMALLEST_READ: Final = 2 * 1024
_CONTROL_PDU_LENGTH: Final = 4
"""Length of A-ASSOCIATE-RJ, both release PDUs and A-ABORT (PS3.8 9.3.4 to 9.3.8)."""


def read_blocks(most: int = 16) -> BlockPool:
    """Return a pool of memory to read into."""
    return BlockPool(_LARGEST_CAPACITY, most)


class PDUStream:
    """Splits a byte stream into PDUs; holds no socket and no clock.

    The owner reads into `writable()`, says how much with `advance()`, and takes PDUs with
    `next_pdu()`. The views it gets stay valid for as long as they are held: memory is not
    written again while anybody has a view of it. Memory grows only with bytes that have really
    come, so a peer that announces much and sends little costs little.
    """

    __slots__ = (
        "_block",
        "_blocks",
        "_end",
        "_filled_last",
        "_largest_associate",
        "_largest_data",
        "_memory",
        "_start",
        "byte_count",
        "pdu_count",
    )

    def __init__(
        self, *, largest_data: int, largest_associate: int, blocks: BlockPool | None = None
    ) -> None:
        self._blocks = blocks or read_blocks(0)
        self._memory = bytearray(_FIRST_CAPACITY)
        self._block = memoryview(self._memory)
        self._start = 0
        self._end = 0
        self._filled_last = False
        self._largest_data = largest_data
        self._largest_associate = largest_associate
        self.pdu_count = 0
        self.byte_count = 0

    @property
    def is_inside_pdu(self) -> bool:
        """Tell whether a PDU has begun and not ended."""
        return self._end > self._start

    def writable(self) -> memoryview:
        """Return where to put the next bytes; never empty."""
        capacity = len(self._block)
        pending = self._end - self._start
        if self._filled_last:
            capacity = min(2 * capacity, max(_LARGEST_CAPACITY, capacity))
        elif self._end + _SMALLEST_READ <= capacity and (self._start == 0 or self._pdu_fits()):
            return self._block[self._end :]
        while capacity < pending + _SMALLEST_READ:
            capacity *= 2
        is_block = capacity == self._blocks.block_bytes
        memory = self._blocks.take() if is_block else bytearray(capacity)
        block = memoryview(memory)
        block[:pending] = self._block[self._start : self._end]
        self._blocks.give_back(self._memory)
        self._memory, self._block = memory, block
        self._start = 0
        self._end = pending
        self._filled_last = False
        return block[pending:]

    def advance(self, count: int) -> None:
        """Take note of `count` bytes written to `writable()`."""
        self._end += count
        self.byte_count += count
        self._filled_last = self._end == len(self._block)

    def next_pdu(self) -> tuple[int, memoryview] | None:
        """Return the type and variable field of the next complete PDU.

        Raises:
            InvalidPDU: an unknown type, or a length above what this type may have. The
                stream is then lost: `clear()` what follows.
        """
        start = self._start
        available = self._end - start - PDU_HEADER_LENGTH
        if available < 0:
            return None
        block = self._block
        pdu_type = block[start]
        (length,) = _LENGTH.unpack_from(block, start + 2)
        if length > available:
            self._check(pdu_type, length)
            return None
        if pdu_type != PDUType.P_DATA_TF or length > self._largest_data:
            self._check(pdu_type, length)
        body = start + PDU_HEADER_LENGTH
        self._start = body + length
        self.pdu_count += 1
        return pdu_type, block[body : body + length]

    def clear(self) -> None:
        """Drop everything that was not yet taken."""
        self._start = self._end

    def release(self) -> None:
        """Give the memory back; what was handed out stays valid."""
        self._blocks.give_back(self._memory)
        self._memory = bytearray(_FIRST_CAPACITY)
        self._block = memoryview(self._memory)
        self._start = self._end = 0
        self._filled_last = False

    def _pdu_fits(self) -> bool:
        """Tell whether the PDU under way can end in this block."""
        if self._end - self._start < PDU_HEADER_LENGTH:
            return True
        (length,) = _LENGTH.unpack_from(self._block, self._start + 2)
        return bool(self._start + PDU_HEADER_LENGTH + length <= len(self._block))

    def _check(self, pdu_type: int, length: int) -> None:
        match pdu_type:
            case PDUType.P_DATA_TF:
                largest = self._largest_data
            case PDUType.A_ASSOCIATE_RQ | PDUType.A_ASSOCIATE_AC:
                largest = self._largest_associate
            case PDUType.A_ASSOCIATE_RJ | PDUType.A_RELEASE_RQ:
                largest = _CONTROL_PDU_LENGTH
            case PDUType.A_RELEASE_RP | PDUType.A_ABORT:
                largest = _CONTROL_PDU_LENGTH
            case _:
                raise InvalidPDU("the PDU type is unknown", AbortReason.UNRECOGNIZED_PDU)
        if length > largest:
            raise InvalidPDU("a PDU is longer than its type may be")
