import struct
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.wire.upper_layer.errors import AbortReason, InvalidPDU
from sonarium.wire.upper_layer.items import pack_field, pack_item
from sonarium.wire.upper_layer.user_information import (
    DEFAULT_MAXIMUM_LENGTH,
    AsynchronousOperationsWindow,
    CommonExtendedNegotiation,
    RoleSelection,
    UserIdentity,
    UserIdentityType,
    UserInformation,
    decode_user_information,
    encode_user_information,
)

UIDS = st.from_regex(r"[0-9]{1,9}(\.[0-9]{1,9}){0,5}", fullmatch=True)
NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=16)
SHORT = st.binary(max_size=40)
NUMBERS = st.integers(0, 0xFFFF)
IDENTITIES = st.builds(UserIdentity, st.sampled_from(UserIdentityType), st.booleans(), SHORT, SHORT)
INFORMATION = st.builds(
    UserInformation,
    maximum_length_received=st.integers(0, 0xFFFFFFFF),
    implementation_class_uid=UIDS,
    implementation_version_name=NAMES,
    window=st.none() | st.builds(AsynchronousOperationsWindow, NUMBERS, NUMBERS),
    roles=st.lists(
        st.builds(RoleSelection, UIDS, st.booleans(), st.booleans()),
        max_size=4,
        unique_by=lambda role: role.sop_class_uid,
    ).map(tuple),
    extended_negotiation=st.dictionaries(UIDS, SHORT, max_size=4),
    common_extended_negotiation=st.lists(
        st.builds(CommonExtendedNegotiation, UIDS, UIDS, st.lists(UIDS, max_size=3).map(tuple)),
        max_size=3,
    ).map(tuple),
    user_identity=st.none() | IDENTITIES,
    user_identity_response=st.none() | SHORT,
)


@given(INFORMATION)
def test_every_item_survives_the_round_trip(information: UserInformation) -> None:
    encoded = encode_user_information(information)
    assert decode_user_information(memoryview(encoded)) == information


@given(INFORMATION, st.data())
def test_mutated_bytes_are_understood_or_refused(
    information: UserInformation, choice: st.DataObject
) -> None:
    encoded = bytearray(encode_user_information(information))
    for _ in range(choice.draw(st.integers(1, 4))):
        encoded[choice.draw(st.integers(0, len(encoded) - 1))] = choice.draw(st.integers(0, 255))
    with suppress(InvalidPDU):
        decode_user_information(memoryview(encoded))


def test_items_have_the_bytes_of_the_standard() -> None:
    information = UserInformation(
        maximum_length_received=0x4000,
        implementation_class_uid="1.2",
        implementation_version_name="V",
        window=AsynchronousOperationsWindow(3, 0),
        roles=(RoleSelection("1.3", scu_role=False, scp_role=True),),
        extended_negotiation={"1.4": b"\1\0"},
        common_extended_negotiation=(CommonExtendedNegotiation("1.5", "1.6", ("1.7",)),),
        user_identity=UserIdentity(UserIdentityType.USERNAME_AND_PASSCODE, True, b"user", b"pass"),
    )
    assert encode_user_information(information) == (
        b"\x51\0\0\4\0\0\x40\0"
        b"\x52\0\0\x031.2"
        b"\x53\0\0\4\0\3\0\0"
        b"\x54\0\0\7\0\x031.3\0\1"
        b"\x55\0\0\1V"
        b"\x56\0\0\7\0\x031.4\1\0"
        b"\x57\0\0\x11\0\x031.5\0\x031.6\0\5\0\x031.7"
        b"\x58\0\0\x0e\2\1\0\4user\0\4pass"
    )


def test_unknown_items_are_skipped() -> None:
    encoded = pack_item(0x60, b"whatever") + pack_item(0x51, bytes(4)) + pack_item(0x77, b"")
    assert decode_user_information(memoryview(encoded)).maximum_length_received == 0


def test_a_peer_that_names_no_maximum_length_gets_a_small_one() -> None:
    assert (
        decode_user_information(memoryview(b"")).maximum_length_received == DEFAULT_MAXIMUM_LENGTH
    )


def test_a_sop_class_named_twice_keeps_its_first_word() -> None:
    first = RoleSelection("1.2", scu_role=True, scp_role=True)
    second = replace(first, scp_role=False)
    information = UserInformation(0, "1.2", roles=(first, second))
    decoded = decode_user_information(memoryview(encode_user_information(information)))
    assert decoded.roles == (first,)


@pytest.mark.parametrize("item_type", [0x51, 0x52, 0x53, 0x55, 0x58, 0x59])
def test_what_may_be_said_once_is_refused_twice(item_type: int) -> None:
    item = pack_item(item_type, bytes(4))
    with pytest.raises(InvalidPDU) as refused:
        decode_user_information(memoryview(item + item))
    assert refused.value.reason is AbortReason.UNEXPECTED_PDU_PARAMETER


@pytest.mark.parametrize(
    "item",
    [
        pack_item(0x51, bytes(3)),
        pack_item(0x53, bytes(5)),
        pack_item(0x54, pack_field(b"1.2") + b"\1"),
        pack_item(0x54, pack_field(b"1.2") + b"\2\0"),
        pack_item(0x56, b"\0\x09" + b"1.2"),
        pack_item(0x57, pack_field(b"1.2") + pack_field(b"1.3") + b"\0\x04\0\x09.."),
        pack_item(0x58, b"\1"),
        pack_item(0x58, b"\6\0" + pack_field(b"u") + pack_field(b"")),
        pack_item(0x58, b"\0\0" + pack_field(b"u") + pack_field(b"")),
        pack_item(0x58, b"\1\0" + pack_field(b"u") + pack_field(b"") + b"more"),
        pack_item(0x59, struct.pack(">H", 9)),
    ],
)
def test_a_malformed_item_is_refused(item: bytes) -> None:
    with pytest.raises(InvalidPDU):
        decode_user_information(memoryview(item))


def test_a_user_identity_hides_itself() -> None:
    identity = UserIdentity(UserIdentityType.USERNAME_AND_PASSCODE, False, b"CANARY", b"SECRET")
    shown = repr(
        UserInformation(0, "1.2", user_identity=identity, user_identity_response=b"TICKET")
    )
    assert "CANARY" not in shown
    assert "SECRET" not in shown
    assert "TICKET" not in shown
