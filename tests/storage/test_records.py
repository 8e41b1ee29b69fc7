"""The encoding of segments."""

from hypothesis import given
from hypothesis import strategies as st

from sonarium.storage.records import (
    BLOCK_BYTES,
    RECORD_HEADER_BYTES,
    RecordHeader,
    RecordState,
    decode_record_header,
    decode_segment_header,
    encode_record_header,
    encode_segment_header,
    record_length,
)

identities = st.binary(min_size=16, max_size=16)
headers = st.builds(
    RecordHeader,
    offset=st.integers(1, 2**40).map(lambda block: block * BLOCK_BYTES),
    head_length=st.integers(0, 2**32 - 1),
    head_checksum=st.integers(0, 2**32 - 1),
    body_length=st.integers(0, 2**62),
    body_sha256=st.binary(min_size=32, max_size=32),
    state=st.sampled_from(RecordState),
)


@given(identity=identities, header=headers)
def test_a_record_header_reads_back(identity: bytes, header: RecordHeader) -> None:
    block = encode_record_header(identity, header)
    assert len(block) == RECORD_HEADER_BYTES
    assert decode_record_header(identity, header.offset, block) == header


@given(identity=identities, header=headers, at=st.integers(0, 83), flip=st.integers(1, 255))
def test_a_damaged_record_header_is_no_record(
    identity: bytes, header: RecordHeader, at: int, flip: int
) -> None:
    block = bytearray(encode_record_header(identity, header))
    block[at] ^= flip
    assert decode_record_header(identity, header.offset, bytes(block)) is None


@given(identity=identities, header=headers, flip=st.integers(1, 255))
def test_a_damaged_state_never_deletes(identity: bytes, header: RecordHeader, flip: int) -> None:
    state = header.state ^ flip
    block = bytearray(encode_record_header(identity, header))
    block[header.state_offset - header.offset] = state
    found = decode_record_header(identity, header.offset, bytes(block))
    assert found is not None
    assert (found.state is RecordState.DELETED) == (state == RecordState.DELETED)


@given(identity=identities, other=identities, header=headers)
def test_a_record_belongs_to_its_segment_and_place(
    identity: bytes, other: bytes, header: RecordHeader
) -> None:
    block = encode_record_header(identity, header)
    assert decode_record_header(identity, header.offset + BLOCK_BYTES, block) is None
    if other != identity:
        assert decode_record_header(other, header.offset, block) is None


@given(identity=identities, at=st.integers(0, 27), flip=st.integers(1, 255))
def test_a_segment_header_reads_back_or_not_at_all(identity: bytes, at: int, flip: int) -> None:
    block = bytearray(encode_segment_header(identity))
    assert decode_segment_header(bytes(block)) == identity
    block[at] ^= flip
    assert decode_segment_header(bytes(block)) is None


@given(length=st.integers(0, 2**40))
def test_records_end_on_a_block(length: int) -> None:
    taken = record_length(length)
    assert taken % BLOCK_BYTES == 0
    assert 0 <= taken - length - RECORD_HEADER_BYTES < BLOCK_BYTES
