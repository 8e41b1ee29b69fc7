import io
import struct
from contextlib import suppress
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.filereader import read_dataset

from sonarium.wire.dimse.command import (
    Command,
    CommandField,
    MalformedCommand,
    decode_command,
    encode_command,
)

UIDS = st.from_regex(r"[1-9][0-9]{0,8}(\.[1-9][0-9]{0,8}){0,5}", fullmatch=True)
TITLES = st.from_regex(r"[A-Z0-9_]([A-Z0-9_ .-]{0,14}[A-Z0-9_])?", fullmatch=True)
COMMENTS = st.from_regex(r"[!-~]([ -~]{0,62}[!-~])?", fullmatch=True)
NUMBERS = st.integers(0, 0xFFFF)
TAGS = st.lists(st.integers(0, 0xFFFFFFFF), max_size=5).map(tuple)
BY_NAME = {
    "move_destination": TITLES,
    "move_originator_ae_title": TITLES,
    "error_comment": COMMENTS,
    "offending_elements": TAGS,
    "attribute_identifier_list": TAGS,
}
COMMANDS = st.builds(
    Command,
    field=st.sampled_from(CommandField),
    has_data_set=st.booleans(),
    message_id=NUMBERS,
    message_id_responded_to=NUMBERS,
    status=NUMBERS,
    **{
        field.name: st.none() | BY_NAME.get(field.name, UIDS if "uid" in field.name else NUMBERS)
        for field in fields(Command)
        if field.name
        not in {"field", "has_data_set", "message_id", "message_id_responded_to", "status"}
    },
)
ECHO = Command(
    field=CommandField.C_ECHO_RQ, message_id=1, affected_sop_class_uid="1.2.840.10008.1.1"
)


def element(number: int, value: bytes, group: int = 0) -> bytes:
    return struct.pack("<HHL", group, number, len(value)) + value


@given(COMMANDS)
def test_every_element_survives_the_round_trip(command: Command) -> None:
    assert decode_command(encode_command(command)) == command


@given(COMMANDS)
def test_another_implementation_reads_what_we_write(command: Command) -> None:
    encoded = encode_command(command)
    found = read_dataset(
        io.BytesIO(encoded), is_implicit_VR=True, is_little_endian=True, bytelength=len(encoded)
    )
    tags = [item.tag for item in found]
    assert tags == sorted(tags)
    assert found.CommandGroupLength == len(encoded) - 12
    assert found.CommandField == command.field
    assert (found.CommandDataSetType != 0x0101) is command.has_data_set
    assert found.get("AffectedSOPInstanceUID") == command.affected_sop_instance_uid
    assert found.get("NumberOfFailedSuboperations") == command.number_of_failed_sub_operations
    assert len(encoded) % 2 == 0


@given(COMMANDS, st.data())
def test_mutated_commands_are_understood_or_refused(
    command: Command, choice: st.DataObject
) -> None:
    encoded = bytearray(encode_command(command))
    for _ in range(choice.draw(st.integers(1, 5))):
        encoded[choice.draw(st.integers(0, len(encoded) - 1))] = choice.draw(st.integers(0, 255))
    with suppress(MalformedCommand):
        decode_command(bytes(encoded[: choice.draw(st.integers(0, len(encoded)))]))


@given(st.binary(max_size=200))
def test_random_bytes_are_understood_or_refused(raw: bytes) -> None:
    with suppress(MalformedCommand):
        decode_command(memoryview(raw))


def test_an_echo_request_has_the_bytes_of_the_standard() -> None:
    body = (
        element(0x0002, b"1.2.840.10008.1.1\0")
        + element(0x0100, b"\x30\0")
        + element(0x0110, b"\1\0")
        + element(0x0800, b"\1\1")
    )
    assert encode_command(ECHO) == element(0, struct.pack("<L", len(body))) + body


def test_retired_elements_and_a_missing_group_length_are_forgiven() -> None:
    raw = encode_command(ECHO)[12:] + element(0x0001, bytes(4)) + element(0x0010, b"ACR-NEMA 2.0")
    assert decode_command(raw) == ECHO


def test_padding_and_empty_values_are_forgiven() -> None:
    raw = io.BytesIO()
    raw.write(element(0x0002, b"1.2.840.10008.1.1 "))
    raw.write(element(0x0100, b"\x30\0") + element(0x0110, b"\1\0"))
    raw.write(element(0x0700, b"") + element(0x0800, b"\1\1") + element(0x1000, b""))
    assert decode_command(raw.getvalue()) == ECHO


@pytest.mark.parametrize("text", ["1.2.x3", "1" * 66, "\ufffd"])
def test_what_is_no_uid_breaks_no_command(text: str) -> None:
    encoded = text.encode("ascii", "replace") if text.isascii() else b"\xe9 "
    command = decode_command(encode_command(ECHO) + element(0x1000, encoded))
    assert command.affected_sop_instance_uid == text
    assert encode_command(command)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        encode_command(ECHO)[:-1],
        encode_command(ECHO) + b"\0",
        encode_command(ECHO) + element(0x0110, b"\1\0"),
        encode_command(ECHO) + element(0x0010, b"", group=8),
        encode_command(ECHO) + element(0x0700, b"\1\0\0\0"),
        encode_command(ECHO) + element(0x0600, b"A" * 18),
        encode_command(ECHO) + element(0x0901, b"\0\0"),
        element(0x0100, b"\x30\0") + element(0x0110, b"\1\0"),
        element(0x0100, b"\x31\0") + element(0x0110, b"\1\0") + element(0x0800, b"\1\1"),
        element(0x0100, b"\x30\0") + element(0x0800, b"\1\1"),
        element(0x0100, b"\x30\x80") + element(0x0120, b"\1\0") + element(0x0800, b"\1\1"),
        element(0x0100, b"\xff\x0f") + element(0x0800, b"\1\1"),
        struct.pack("<HHL", 0, 0x0110, 0xFFFFFFFF) + b"\1\0",
    ],
    ids=[
        "nothing", "cut", "a byte too many", "an element twice", "another group",
        "a number of four bytes", "a long AE title", "half a tag",
        "no data set type", "an unknown field", "no message id", "no status",
        "a cancel of nothing", "undefined length",
    ],
)  # fmt: skip
def test_a_malformed_command_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedCommand):
        decode_command(raw)


def test_long_comments_are_cut_and_made_ascii() -> None:
    command = Command(
        field=CommandField.C_STORE_RSP,
        message_id_responded_to=1,
        status=0xC000,
        error_comment="Größe " * 20,
    )
    comment = decode_command(encode_command(command)).error_comment
    assert comment is not None
    assert comment.startswith("Gr??e Gr??e")
    assert len(comment) <= 64


def test_requests_and_responses_are_told_apart() -> None:
    assert CommandField.C_STORE_RQ.response is CommandField.C_STORE_RSP
    assert CommandField.C_STORE_RSP.is_response
    assert not CommandField.C_CANCEL_RQ.is_response
