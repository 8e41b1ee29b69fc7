import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.wire.upper_layer.errors import InvalidPDU
from sonarium.wire.upper_layer.items import (
    ae_title_text,
    iter_items,
    lenient_text,
    pack_field,
    pack_item,
    require_length,
    take_field,
    uid_text,
)


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=300)), max_size=8))
def test_items_come_back_as_they_were_packed(items: list[tuple[int, bytes]]) -> None:
    packed = b"".join(pack_item(*item) for item in items)
    assert [(kind, bytes(body)) for kind, body in iter_items(memoryview(packed))] == items


@given(st.lists(st.binary(max_size=70), max_size=8))
def test_fields_come_back_as_they_were_packed(fields: list[bytes]) -> None:
    packed = memoryview(b"".join(map(pack_field, fields)))
    offset = 0
    for field in fields:
        content, offset = take_field(packed, offset)
        assert content == field
    assert offset == len(packed)


@given(st.binary(max_size=64))
def test_any_bytes_are_items_or_refused(body: bytes) -> None:
    try:
        items = list(iter_items(memoryview(body)))
    except InvalidPDU:
        return
    assert sum(len(content) + 4 for _, content in items) == len(body)


@pytest.mark.parametrize("body", [b"\x10", b"\x10\0\0", b"\x10\0\0\x05abcd", b"\x10\0\xff\xff"])
def test_an_item_that_leaves_its_container_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidPDU):
        list(iter_items(memoryview(body)))


@pytest.mark.parametrize("body", [b"", b"\0", b"\0\x03ab"])
def test_a_field_that_leaves_its_item_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidPDU):
        take_field(memoryview(body), 0)


def test_what_does_not_fit_an_item_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="65535"):
        pack_item(0x50, bytes(65536))
    with pytest.raises(ValueError, match="65535"):
        pack_field(bytes(65536))


@pytest.mark.parametrize("padded", [b"1.2.3", b"1.2.3\0", b"1.2.3 ", b" 1.2.3\0\0"])
def test_a_padded_uid_is_forgiven(padded: bytes) -> None:
    assert uid_text(memoryview(padded)) == "1.2.3"


@pytest.mark.parametrize("wrong", [b"1.2.x", b"1.2\0.3", b"\xff", b"1" * 65, b"1.2\n"])
def test_what_is_no_uid_is_refused(wrong: bytes) -> None:
    with pytest.raises(InvalidPDU):
        uid_text(memoryview(wrong))


@pytest.mark.parametrize("padded", [b"ECHO-1          ", b"ECHO-1\0\0\0", b"  ECHO-1"])
def test_a_padded_ae_title_is_forgiven(padded: bytes) -> None:
    assert ae_title_text(memoryview(padded)) == "ECHO-1"


@pytest.mark.parametrize("wrong", [b"A\x1bB", b"A\\B", b"A\nB", b"\xc4CHO", b"A\0B"])
def test_an_ae_title_with_a_forbidden_character_is_refused(wrong: bytes) -> None:
    with pytest.raises(InvalidPDU):
        ae_title_text(memoryview(wrong))


@given(st.binary(max_size=200))
def test_lenient_text_is_short_and_printable_whatever_comes(content: bytes) -> None:
    text = lenient_text(memoryview(content))
    assert len(text) <= 64
    assert text.isprintable()


def test_a_fixed_size_is_fixed() -> None:
    require_length(memoryview(b"abcd"), 4, "it")
    with pytest.raises(InvalidPDU, match="it"):
        require_length(memoryview(b"abc"), 4, "it")
