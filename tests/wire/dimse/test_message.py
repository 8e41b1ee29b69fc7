from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.base.errors import PeerError
from sonarium.wire.dimse.command import Command, CommandField, MalformedCommand, encode_command
from sonarium.wire.dimse.message import (
    SMALLEST_MAXIMUM_LENGTH,
    CommandReceived,
    DataReceived,
    DataSetFragmenter,
    MalformedMessage,
    MessageAssembler,
    command_pdus,
    largest_fragment,
)
from sonarium.wire.upper_layer.pdu import PresentationDataValue, decode_data

STORE = Command(
    field=CommandField.C_STORE_RQ,
    has_data_set=True,
    message_id=1,
    affected_sop_class_uid="1.2",
    affected_sop_instance_uid="1.2.3",
    error_comment="x" * 60,
)
ECHO = Command(field=CommandField.C_ECHO_RQ, message_id=2)
LENGTHS = st.integers(SMALLEST_MAXIMUM_LENGTH, 2000)


def values_of(stream: bytes, maximum_length: int) -> list[PresentationDataValue]:
    """Split a stream of P-DATA-TF PDUs as a peer with that maximum length would."""
    values = []
    offset = 0
    while offset < len(stream):
        assert stream[offset] == 4
        length = int.from_bytes(stream[offset + 2 : offset + 6], "big")
        assert length <= maximum_length
        values += decode_data(memoryview(stream)[offset + 6 : offset + 6 + length])
        offset += 6 + length
    return values


def fragment(
    content: bytes, *, command: bool, last: bool, context: int = 1
) -> PresentationDataValue:
    return PresentationDataValue(context, command, last, memoryview(content))


@given(data_set=st.binary(max_size=9000), maximum_length=LENGTHS, choice=st.data())
def test_a_message_survives_any_fragmentation(
    data_set: bytes, maximum_length: int, choice: st.DataObject
) -> None:
    cuts = sorted(choice.draw(st.lists(st.integers(0, len(data_set)), max_size=8)))
    fragmenter = DataSetFragmenter(1, maximum_length)
    pieces: list[bytes | memoryview] = [command_pdus(1, encode_command(STORE), maximum_length)]
    for start, end in pairwise([0, *cuts, len(data_set)]):
        pieces += fragmenter.add(data_set[start:end])
    pieces += fragmenter.finish()
    assembler = MessageAssembler(65536)
    received = [
        part
        for value in values_of(b"".join(pieces), maximum_length)
        if (part := assembler.add(value)) is not None
    ]
    assert received[0] == CommandReceived(1, STORE)
    data = received[1:]
    assert all(isinstance(part, DataReceived) for part in data)
    fragments = [part for part in data if isinstance(part, DataReceived)]
    assert b"".join(part.fragment for part in fragments) == data_set
    assert [part.is_last for part in fragments] == [False] * (len(fragments) - 1) + [True]
    assert all(len(part.fragment) % 2 == 0 for part in fragments[:-1])
    assert not assembler.is_inside_message
    assert assembler.message_count == 1


def test_whole_parts_are_sent_without_a_copy() -> None:
    data_set = bytes(1000)
    fragmenter = DataSetFragmenter(1, 2000)
    pieces = [*fragmenter.add(data_set), *fragmenter.finish()]
    assert [piece.obj for piece in pieces if isinstance(piece, memoryview)] == [data_set]


@pytest.mark.parametrize("length", [0, 1, 2])
def test_exactly_full_fragments_leave_no_empty_one_behind(length: int) -> None:
    room = largest_fragment(SMALLEST_MAXIMUM_LENGTH)
    fragmenter = DataSetFragmenter(1, SMALLEST_MAXIMUM_LENGTH)
    stream = b"".join([*fragmenter.add(bytes(length * room)), *fragmenter.finish()])
    values = values_of(stream, SMALLEST_MAXIMUM_LENGTH)
    assert [len(value.fragment) for value in values] == ([room] * length or [0])


def test_messages_follow_each_other() -> None:
    assembler = MessageAssembler(65536)
    echo = fragment(encode_command(ECHO), command=True, last=True)
    assert [assembler.add(echo) for _ in range(3)] == [CommandReceived(1, ECHO)] * 3
    assert assembler.message_count == 3


@pytest.mark.parametrize(
    "values",
    [
        [fragment(b"abcd", command=False, last=True)],
        [
            fragment(encode_command(STORE), command=True, last=True),
            fragment(encode_command(ECHO), command=True, last=True),
        ],
        [
            fragment(encode_command(STORE), command=True, last=True),
            fragment(b"abcd", command=False, last=True, context=3),
        ],
        [
            fragment(encode_command(STORE)[:9], command=True, last=False),
            fragment(b"abcd", command=False, last=True),
        ],
        [
            fragment(encode_command(ECHO), command=True, last=True),
            fragment(b"abcd", command=False, last=True),
        ],
    ],
    ids=[
        "a data set without command", "a command inside a data set", "two contexts mixed",
        "a data set inside a command", "a data set that was not announced",
    ],
)  # fmt: skip
def test_fragments_out_of_place_are_refused(values: list[PresentationDataValue]) -> None:
    assembler = MessageAssembler(65536)
    for value in values[:-1]:
        assembler.add(value)
    with pytest.raises(MalformedMessage):
        assembler.add(values[-1])


def test_a_command_set_is_bounded_before_it_is_complete() -> None:
    assembler = MessageAssembler(1024)
    part = fragment(bytes(100), command=True, last=False)
    for _ in range(10):
        assert assembler.add(part) is None
    with pytest.raises(MalformedCommand):
        assembler.add(part)


@given(
    st.lists(
        st.builds(
            PresentationDataValue,
            st.sampled_from([1, 3]),
            st.booleans(),
            st.booleans(),
            (
                st.binary(max_size=60)
                | st.sampled_from([encode_command(STORE), encode_command(ECHO)])
            ).map(memoryview),
        ),
        max_size=12,
    )
)
def test_random_fragments_are_understood_or_refused(values: list[PresentationDataValue]) -> None:
    assembler = MessageAssembler(100)
    with suppress(PeerError):
        for value in values:
            assembler.add(value)
