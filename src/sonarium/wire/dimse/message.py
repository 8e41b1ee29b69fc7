"""Messages cut into PDVs, and joined from them (PS3.7 6.3.1, PS3.8 Annex E)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sonarium.base.errors import PeerError
from sonarium.wire.dimse.command import Command, MalformedCommand, decode_command
from sonarium.wire.upper_layer.pdu import (
    PDV_HEADER_LENGTH,
    PresentationDataValue,
    data_header,
)

SMALLEST_MAXIMUM_LENGTH: Final = 128
"""A peer that takes only shorter PDUs would have us send more headers than content."""


class MalformedMessage(PeerError):
    """Fragments that form no message."""


@dataclass(frozen=True, slots=True)
class CommandReceived:
    """A whole command set; its data set follows if it says so."""

    context_id: int
    command: Command


@dataclass(frozen=True, slots=True)
class DataReceived:
    """A part of the data set of the command before."""

    fragment: memoryview
    is_last: bool


class MessageAssembler:
    """Joins the PDVs of one direction of an association into messages.

    Messages on an association follow each other; their fragments do not mix.
    """

    def __init__(self, maximum_command_length: int) -> None:
        self._maximum_command_length = maximum_command_length
        self._context_id: int | None = None
        self._command_parts: list[bytes] = []
        self._command_length = 0
        self._awaits_data = False
        self.message_count = 0

    @property
    def is_inside_message(self) -> bool:
        """Tell whether a message has begun and not ended."""
        return self._context_id is not None

    def add(self, value: PresentationDataValue) -> CommandReceived | DataReceived | None:
        """Take the next PDV; None when the command set is not complete yet.

        Raises:
            MalformedMessage: a fragment that does not belong here.
            MalformedCommand: a command set too long or not to be understood.
        """
        context_id, is_command, is_last, fragment = value
        if self._context_id is None:
            self._context_id = context_id
            self.message_count += 1
        elif context_id != self._context_id:
            raise MalformedMessage("fragments of two messages are mixed")
        if is_command is self._awaits_data:
            raise MalformedMessage("a command fragment inside a data set, or the reverse")
        if not is_command:
            if is_last:
                self._awaits_data = False
                self._context_id = None
            return DataReceived(fragment, is_last)
        command = self._add_to_command(fragment, is_last=is_last)
        if command is None:
            return None
        self._awaits_data = command.has_data_set
        if not command.has_data_set:
            self._context_id = None
        return CommandReceived(context_id, command)

    def _add_to_command(self, fragment: memoryview, *, is_last: bool) -> Command | None:
        self._command_length += len(fragment)
        if self._command_length > self._maximum_command_length:
            raise MalformedCommand("a command set is longer than we take")
        if is_last and not self._command_parts:
            self._command_length = 0
            return decode_command(fragment)
        self._command_parts.append(bytes(fragment))
        if not is_last:
            return None
        raw = b"".join(self._command_parts)
        self._command_parts.clear()
        self._command_length = 0
        return decode_command(raw)


def largest_fragment(maximum_length: int) -> int:
    """Return how much of a message fits in one P-DATA-TF of `maximum_length`; always even."""
    return (maximum_length - PDV_HEADER_LENGTH) & ~1


def command_pdus(context_id: int, encoded: bytes, maximum_length: int) -> bytes:
    """Wrap a command set in P-DATA-TF PDUs, one unless the peer takes only short ones."""
    room = largest_fragment(maximum_length)
    length = len(encoded)
    if length <= room:
        return data_header(context_id, length, is_command=True, is_last=True) + encoded
    parts = []
    for start in range(0, length, room):
        part = encoded[start : start + room]
        is_last = start + room >= length
        parts.append(data_header(context_id, len(part), is_command=True, is_last=is_last))
        parts.append(part)
    return b"".join(parts)


class DataSetFragmenter:
    """Wraps a data set, given in parts of any length, in P-DATA-TF PDUs.

    Nothing is copied but what joins two parts: pieces are headers of ours and views of the
    parts, which must not change until they were sent. One fragment is held back until it is
    known whether it is the last.
    """

    def __init__(self, context_id: int, maximum_length: int) -> None:
        self._context_id = context_id
        self._room = largest_fragment(maximum_length)
        self._held: list[memoryview] = []
        self._held_length = 0

    def add(self, part: bytes | memoryview) -> Iterator[bytes | memoryview]:
        """Yield the pieces that `part` completes."""
        view = memoryview(part).cast("B")
        offset = 0
        length = len(view)
        while self._held_length + length - offset > self._room:
            take = self._room - self._held_length
            yield data_header(self._context_id, self._room, is_command=False, is_last=False)
            yield from self._held
            yield view[offset : offset + take]
            self._held.clear()
            self._held_length = 0
            offset += take
        if offset < length:
            self._held.append(view[offset:])
            self._held_length += length - offset

    def finish(self) -> Iterator[bytes | memoryview]:
        """Yield the last fragment, empty if nothing was added."""
        yield data_header(self._context_id, self._held_length, is_command=False, is_last=True)
        yield from self._held
        self._held.clear()
        self._held_length = 0
