import struct

import pytest
from tests.dicom.building import BIG_ENDIAN, EXPLICIT, IMPLICIT, element, implicit, item
from tests.dicom.pixels.objects import open_data_set

from sonarium.dicom.element import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, Encoding
from sonarium.dicom.pixels.parts import StoredRange, iter_range
from sonarium.dicom.pixels.rewrite import DataSetRewriter, NewElement, joined
from sonarium.dicom.uids import transfer_syntax


def rewritten(uid: str, body: bytes, target: Encoding, **changes: NewElement | None) -> bytes:
    opened = open_data_set(uid, body)
    by_tag = {int(name[1:], 16): change for name, change in changes.items()}
    pieces: list[bytes] = []
    for part in joined(DataSetRewriter(target).parts(opened.header, by_tag, None)):
        assert isinstance(part, bytes | StoredRange)
        pieces += [part] if isinstance(part, bytes) else iter_range(part, opened.read)
    return b"".join(pieces)


PRIVATE = element(0x00090010, "LO", b"SOMEBODY") + element(0x00091001, "UN", b"\1\2\3\4")
PLAIN = element(0x00080060, "CS", b"US") + PRIVATE + element(0x00280010, "US", b"\x34\x12")


def test_what_needs_no_change_goes_over_byte_for_byte() -> None:
    assert rewritten(EXPLICIT, PLAIN, EXPLICIT_LITTLE) == PLAIN


def test_binary_words_are_turned_and_unknown_ones_are_not() -> None:
    big = rewritten(EXPLICIT, PLAIN, EXPLICIT_BIG)
    assert b"\1\2\3\4" in big
    assert big.endswith(b"\x12\x34")
    assert rewritten(BIG_ENDIAN, big, EXPLICIT_LITTLE) == PLAIN


def test_implicit_vr_comes_back_explicit_by_the_dictionary() -> None:
    body = implicit(0x00080060, b"US") + implicit(0x00280010, b"\x34\x12")
    body += implicit(0x00291010, b"made up ")
    explicit = rewritten(IMPLICIT, body, EXPLICIT_LITTLE)
    assert explicit == (
        element(0x00080060, "CS", b"US")
        + element(0x00280010, "US", b"\x34\x12")
        + element(0x00291010, "UN", b"made up ")
    )
    assert rewritten(EXPLICIT, explicit, IMPLICIT_LITTLE) == body


def test_a_short_vr_too_long_for_its_length_becomes_unknown() -> None:
    body = implicit(0x00181065, b"33.3\\" * 14_000)
    explicit = rewritten(IMPLICIT, body, EXPLICIT_LITTLE)
    assert explicit[:8] == b"\x18\0\x65\x10UN\0\0"
    assert open_data_set(EXPLICIT, explicit).header.tags() == (0x00181065,)


def test_lengths_that_would_not_hold_are_left_out() -> None:
    group_length = element(0x00080000, "UL", b"\x0a\0\0\0")
    padding = element(0xFFFCFFFC, "OB", bytes(8))
    assert rewritten(EXPLICIT, group_length + PLAIN + padding, EXPLICIT_LITTLE) == PLAIN


def test_bulk_values_within_sequences_are_copied() -> None:
    bulk = struct.pack("<1000H", *range(1000))
    inner = element(0x54001010, "OW", bulk)
    body = PLAIN + element(0x54000100, "SQ", item(inner))
    big = rewritten(EXPLICIT, body, EXPLICIT_BIG)
    header = open_data_set(BIG_ENDIAN, big).header
    (waveform,) = header.items(0x54000100)
    hole = waveform.hole(0x54001010)
    assert hole is not None
    assert big[hole.offset : hole.offset + hole.length] == struct.pack(">1000H", *range(1000))


def test_icons_in_the_old_compression_are_left_out() -> None:
    size = element(0x00280010, "US", b"\x40\0") + element(0x00280011, "US", b"\x40\0")
    native = item(size + element(0x7FE00010, "OB", bytes(4096)))
    compressed = item(size + element(0x7FE00010, "OB", bytes(2000)))
    body = PLAIN + element(0x00880200, "SQ", native)
    assert 0x00880200 in open_data_set(EXPLICIT, rewritten(EXPLICIT, body, EXPLICIT_LITTLE)).header
    body = PLAIN + element(0x00880200, "SQ", compressed)
    assert rewritten(EXPLICIT, body, EXPLICIT_LITTLE) == PLAIN


def test_changes_replace_add_and_leave_out() -> None:
    changed = rewritten(
        EXPLICIT,
        PLAIN,
        EXPLICIT_LITTLE,
        x00080060=NewElement(0x00080060, "CS", b"OT "),
        x00280010=None,
        x00280011=NewElement(0x00280011, "US", b"\1\0"),
    )
    expected = element(0x00080060, "CS", b"OT  ") + PRIVATE + element(0x00280011, "US", b"\1\0")
    assert changed == expected


@pytest.mark.parametrize("target", [EXPLICIT_LITTLE, EXPLICIT_BIG, IMPLICIT_LITTLE])
def test_new_sequences_can_be_read(target: Encoding) -> None:
    code = (NewElement(0x00080100, "SH", b"113040"), NewElement(0x00080104, "LO", b"Lossy"))
    new = NewElement(0x00089215, "SQ", items=(code,))
    written = rewritten(EXPLICIT, PLAIN, target, x00089215=new)
    uids = {EXPLICIT_LITTLE: EXPLICIT, EXPLICIT_BIG: BIG_ENDIAN, IMPLICIT_LITTLE: IMPLICIT}
    uid = next(uid for encoding, uid in uids.items() if encoding is target)
    (read,) = open_data_set(uid, written).header.items(0x00089215)
    assert read.text(0x00080104) == "Lossy"
    assert transfer_syntax(uid).is_known
