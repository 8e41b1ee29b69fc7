from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.wire.upper_layer.errors import AbortReason, InvalidPDU
from sonarium.wire.upper_layer.pdu import (
    Abort,
    AssociateAC,
    AssociateRJ,
    AssociateRQ,
    AssociationPDU,
    PDUType,
    ReleaseRP,
    ReleaseRQ,
    data_header,
    decode_data,
    decode_pdu,
    encode_pdu,
)
from sonarium.wire.upper_layer.presentation_context import (
    AnsweredContext,
    ContextResult,
    ProposedContext,
)
from sonarium.wire.upper_layer.user_information import UserInformation

UIDS = st.from_regex(r"[0-9]{1,9}(\.[0-9]{1,9}){0,5}", fullmatch=True)
TITLES = st.from_regex(r"[A-Z0-9_]([A-Z0-9_ .-]{0,14}[A-Z0-9_])?", fullmatch=True)
USER = st.builds(UserInformation, st.integers(0, 1 << 20), UIDS)
ODD_IDS = st.integers(0, 127).map(lambda number: 2 * number + 1)
PROPOSED = st.lists(
    st.builds(ProposedContext, ODD_IDS, UIDS, st.lists(UIDS, min_size=1, max_size=5).map(tuple)),
    max_size=6,
    unique_by=lambda context: context.context_id,
).map(tuple)
ACCEPTED = st.builds(AnsweredContext, ODD_IDS, st.just(ContextResult.ACCEPTANCE), UIDS)
REFUSED = st.builds(
    AnsweredContext,
    ODD_IDS,
    st.sampled_from([result for result in ContextResult if result]),
)
ANSWERED = st.lists(
    ACCEPTED | REFUSED, max_size=6, unique_by=lambda context: context.context_id
).map(tuple)
BYTES = st.integers(0, 255)
PDUS: st.SearchStrategy[AssociationPDU] = st.one_of(
    st.builds(AssociateRQ, TITLES, TITLES, PROPOSED, USER, UIDS),
    st.builds(AssociateAC, TITLES, TITLES, ANSWERED, USER),
    st.builds(AssociateRJ, BYTES, BYTES, BYTES),
    st.builds(ReleaseRQ),
    st.builds(ReleaseRP),
    st.builds(Abort, BYTES, BYTES),
)
REQUEST = AssociateRQ(
    "ARCHIVE", "SCANNER", (ProposedContext(1, "1.2", ("1.3",)),), UserInformation(0, "1.4")
)


def body_of(pdu: AssociationPDU) -> bytearray:
    return bytearray(encode_pdu(pdu)[6:])


@given(PDUS)
def test_every_pdu_survives_the_round_trip(pdu: AssociationPDU) -> None:
    encoded = encode_pdu(pdu)
    assert int.from_bytes(encoded[2:6], "big") == len(encoded) - 6
    assert decode_pdu(encoded[0], memoryview(encoded)[6:]) == pdu


@given(PDUS, st.data())
def test_mutated_pdus_are_understood_or_refused(pdu: AssociationPDU, choice: st.DataObject) -> None:
    encoded = bytearray(encode_pdu(pdu))
    for _ in range(choice.draw(st.integers(1, 5))):
        encoded[choice.draw(st.integers(0, len(encoded) - 1))] = choice.draw(BYTES)
    cut = choice.draw(st.integers(6, len(encoded)))
    with suppress(InvalidPDU):
        decode_pdu(encoded[0], memoryview(encoded)[6:cut])


@given(st.integers(0, 255), st.binary(max_size=400))
def test_random_bytes_are_understood_or_refused(pdu_type: int, body: bytes) -> None:
    with suppress(InvalidPDU):
        decode_pdu(pdu_type, memoryview(body))


def test_a_rejection_has_the_bytes_of_the_standard() -> None:
    assert encode_pdu(AssociateRJ(2, 3, 1)) == b"\3\0\0\0\0\4\0\2\3\1"


def test_an_abort_has_the_bytes_of_the_standard() -> None:
    assert encode_pdu(Abort(2, 6)) == b"\7\0\0\0\0\4\0\0\2\6"


def test_an_unknown_type_is_an_unrecognized_pdu() -> None:
    with pytest.raises(InvalidPDU) as refused:
        decode_pdu(0x47, memoryview(b""))
    assert refused.value.reason is AbortReason.UNRECOGNIZED_PDU


def test_unknown_items_of_a_request_are_skipped() -> None:
    body = body_of(REQUEST) + b"\x99\0\0\2ab"
    assert decode_pdu(PDUType.A_ASSOCIATE_RQ, memoryview(body)) == REQUEST


def test_a_second_user_information_item_is_unexpected() -> None:
    body = body_of(REQUEST)
    again = body[body.rindex(b"\x50\0\0") :]
    with pytest.raises(InvalidPDU) as refused:
        decode_pdu(PDUType.A_ASSOCIATE_RQ, memoryview(body + again))
    assert refused.value.reason is AbortReason.UNEXPECTED_PDU_PARAMETER


def test_the_transfer_syntax_of_a_refused_context_is_not_tested() -> None:
    refused = AnsweredContext(1, ContextResult.NO_REASON, "1.2.3")
    body = body_of(AssociateAC("A", "B", (refused,), UserInformation(0, "1.4")))
    at = body.index(b"1.2.3")
    body[at : at + 5] = b"\xff\0??\n"
    answer = decode_pdu(PDUType.A_ASSOCIATE_AC, memoryview(body))
    assert isinstance(answer, AssociateAC)
    assert answer.presentation_contexts == (AnsweredContext(1, ContextResult.NO_REASON),)


@pytest.mark.parametrize(
    "contexts",
    [
        (ProposedContext(2, "1.2", ("1.3",)),),
        (ProposedContext(1, "1.2", ()),),
        (ProposedContext(1, "1.2", ("1.3",)), ProposedContext(1, "1.2", ("1.3",))),
        (ProposedContext(1, "1.2", ("1.3",) * 257),),
    ],
    ids=["even id", "no transfer syntax", "id twice", "too many transfer syntaxes"],
)
def test_impossible_contexts_are_refused(contexts: tuple[ProposedContext, ...]) -> None:
    body = body_of(AssociateRQ("A", "B", contexts, UserInformation(0, "1.4")))
    with pytest.raises(InvalidPDU):
        decode_pdu(PDUType.A_ASSOCIATE_RQ, memoryview(body))


@pytest.mark.parametrize("length", range(len(body_of(REQUEST))))
def test_a_request_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(InvalidPDU):
        decode_pdu(PDUType.A_ASSOCIATE_RQ, memoryview(body_of(REQUEST))[:length])


def test_an_ae_title_must_fit() -> None:
    with pytest.raises(ValueError, match="AE title"):
        encode_pdu(AssociateRQ("A" * 17, "B", (), UserInformation(0, "1.4")))


@given(
    st.lists(
        st.tuples(st.integers(0, 255), st.booleans(), st.booleans(), st.binary(max_size=99)),
        min_size=1,
        max_size=5,
    )
)
def test_values_come_back_from_a_data_pdu(values: list[tuple[int, bool, bool, bytes]]) -> None:
    body = b"".join(
        data_header(context_id, len(fragment), is_command=is_command, is_last=is_last)[6:]
        + fragment
        for context_id, is_command, is_last, fragment in values
    )
    assert [tuple(value) for value in decode_data(memoryview(body))] == values


def test_a_data_header_has_the_bytes_of_the_standard() -> None:
    assert data_header(3, 10, is_command=True, is_last=True) == b"\4\0\0\0\0\x10\0\0\0\x0c\3\3"
    assert data_header(3, 10, is_command=False, is_last=False)[-1] == 0


@pytest.mark.parametrize(
    "body", [b"", b"\0", b"\0\0\0\1\1", b"\0\0\0\1\1\3", b"\0\0\0\3\1\3", b"\xff\xff\xff\xff\1\3"]
)
def test_a_value_with_an_impossible_length_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidPDU):
        decode_data(memoryview(body))


@given(st.binary(max_size=200))
def test_random_data_is_understood_or_refused(body: bytes) -> None:
    try:
        values = decode_data(memoryview(body))
    except InvalidPDU:
        return
    assert sum(len(value.fragment) + 6 for value in values) == len(body)
