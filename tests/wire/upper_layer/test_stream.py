import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.wire.upper_layer.errors import AbortReason, InvalidPDU
from sonarium.wire.upper_layer.stream import PDUStream, read_blocks

LARGEST_DATA = 64 * 1024
LARGEST_ASSOCIATE = 16 * 1024


def new_stream() -> PDUStream:
    return PDUStream(largest_data=LARGEST_DATA, largest_associate=LARGEST_ASSOCIATE)


def header(pdu_type: int, length: int) -> bytes:
    return bytes((pdu_type, 0)) + length.to_bytes(4, "big")


def write(stream: PDUStream, content: bytes) -> int:
    """Put as much of `content` as goes in one read, and say how much it was."""
    target = stream.writable()
    count = min(len(target), len(content))
    target[:count] = content[:count]
    stream.advance(count)
    return count


def split(stream: PDUStream, content: bytes, cuts: list[int]) -> list[tuple[int, memoryview]]:
    found = []
    offset = 0
    for cut in [*cuts, len(content)]:
        while offset < cut:
            offset += write(stream, content[offset:cut])
            while (pdu := stream.next_pdu()) is not None:
                found.append(pdu)
    return found


PDUS = st.lists(
    st.tuples(st.just(4), st.integers(0, 9000))
    | st.tuples(st.sampled_from([1, 2]), st.integers(0, 900)),
    max_size=12,
)


@given(PDUS, st.data())
def test_any_chunking_gives_the_same_pdus(
    shapes: list[tuple[int, int]], choice: st.DataObject
) -> None:
    pdus = [(kind, bytes([n % 251]) * size) for n, (kind, size) in enumerate(shapes)]
    content = b"".join(header(kind, len(body)) + body for kind, body in pdus)
    cuts = sorted(choice.draw(st.lists(st.integers(0, len(content)), max_size=20)))
    stream = new_stream()
    found = split(stream, content, cuts)
    assert [(kind, bytes(body)) for kind, body in found] == pdus
    assert stream.pdu_count == len(pdus)
    assert stream.byte_count == len(content)
    assert not stream.is_inside_pdu


def test_views_keep_their_content_while_more_is_read() -> None:
    stream = new_stream()
    content = b"".join(header(4, 40_000) + bytes([n]) * 40_000 for n in range(100))
    found = split(stream, content, [])
    assert all(body == bytes([n]) * 40_000 for n, (_, body) in enumerate(found))


@pytest.mark.parametrize("pdu_type", [0x00, 0x08, 0x47, 0xFF])
def test_an_unknown_type_is_refused_from_its_header(pdu_type: int) -> None:
    stream = new_stream()
    write(stream, header(pdu_type, 1000))
    with pytest.raises(InvalidPDU) as refused:
        stream.next_pdu()
    assert refused.value.reason is AbortReason.UNRECOGNIZED_PDU


@pytest.mark.parametrize(
    ("pdu_type", "largest"),
    [
        (1, LARGEST_ASSOCIATE),
        (2, LARGEST_ASSOCIATE),
        (3, 4),
        (4, LARGEST_DATA),
        (5, 4),
        (6, 4),
        (7, 4),
    ],
)
def test_a_length_above_the_bound_is_refused_from_its_header(pdu_type: int, largest: int) -> None:
    allowed, refused = new_stream(), new_stream()
    write(allowed, header(pdu_type, largest))
    assert allowed.next_pdu() is None
    assert allowed.is_inside_pdu
    write(refused, header(pdu_type, largest + 1))
    with pytest.raises(InvalidPDU):
        refused.next_pdu()


def test_a_wrong_pdu_that_came_whole_is_refused_too() -> None:
    stream = new_stream()
    write(stream, header(7, 5) + b"abcde")
    with pytest.raises(InvalidPDU):
        stream.next_pdu()


def test_a_dripping_peer_costs_no_more_memory_than_it_sends() -> None:
    stream = new_stream()
    write(stream, header(4, LARGEST_DATA))
    first = stream.writable().obj
    for _ in range(2000):
        write(stream, b"x")
        assert stream.next_pdu() is None
        assert stream.writable().obj is first
    assert len(memoryview(first)) <= 4096


def test_memory_grows_with_a_peer_that_fills_it_and_no_further_than_bounded() -> None:
    stream = new_stream()
    content = header(4, 60_000) + bytes(60_000)
    largest = 0
    for _ in range(100):
        split(stream, content, [])
        largest = max(largest, len(memoryview(stream.writable().obj)))
    assert 256 * 1024 <= largest <= 512 * 1024


def test_released_memory_is_small_and_leaves_views_valid() -> None:
    stream = new_stream()
    found = split(stream, (header(4, 60_000) + bytes(range(250)) * 240) * 20, [])
    stream.release()
    assert len(memoryview(stream.writable().obj)) <= 4096
    assert all(body == bytes(range(250)) * 240 for _, body in found)
    assert not stream.is_inside_pdu


def test_cleared_bytes_are_gone() -> None:
    stream = new_stream()
    write(stream, header(4, 100) + b"abc")
    stream.clear()
    assert not stream.is_inside_pdu
    write(stream, header(5, 4) + bytes(4))
    assert stream.next_pdu() == (5, memoryview(bytes(4)))


def test_memory_is_used_again_once_nobody_looks_at_it_and_not_before() -> None:
    blocks = read_blocks()
    stream = PDUStream(
        largest_data=LARGEST_DATA, largest_associate=LARGEST_ASSOCIATE, blocks=blocks
    )
    contents = [bytes([number]) * 60_000 for number in range(250)]
    held: list[tuple[bytes, memoryview]] = []
    for number, content in enumerate(contents):
        for _, body in split(stream, header(4, 60_000) + content, []):
            if number % 10 == 0:
                held.append((content, body))
    assert all(body == content for content, body in held)
