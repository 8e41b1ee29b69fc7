"""The push scanner."""

import struct
import time
import tracemalloc
from pathlib import Path

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.encaps import generate_fragmented_frames
from pydicom.filebase import DicomBytesIO
from pydicom.pixels.utils import get_expected_length
from tests.dicom.building import (
    BIG_ENDIAN,
    DEFLATED,
    END_OF_SEQUENCE,
    EXPLICIT,
    IMPLICIT,
    JPEG,
    MPEG4,
    UNDEFINED,
    delimitation,
    element,
    encapsulated,
    implicit,
    item,
    iter_objects,
    scan,
)

from sonarium.base.errors import RequestError
from sonarium.dicom.deflate import deflate
from sonarium.dicom.errors import MalformedDataSet, TruncatedDataSet
from sonarium.dicom.scanner import DataSetScanner, Hole, Oddity, ScanLimits, ScannedDataSet

NAME = element(0x00100010, "PN", b"A^B ")
UNREADABLE = {"no_meta.dcm", "MR_truncated.dcm", "rtplan_truncated.dcm", "DICOMDIR-nooffset"}
SEQUENCE = 0x00081140
JPEG_FRAME = b"\xff\xd8\xff\xe0" + bytes(10) + b"\xff\xd9"
ENDLESS_ITEM = item(NAME, length=UNDEFINED) + END_OF_SEQUENCE
SMALL = (
    element(0x00080016, "UI", b"1.2\0")
    + element(SEQUENCE, "SQ", item(element(0x00081150, "UI", b"1.2\0")))
    + element(
        SEQUENCE + 0x10, "SQ", item(NAME, length=UNDEFINED) + END_OF_SEQUENCE, length=UNDEFINED
    )
    + element(0x00280008, "IS", b"2 ")
    + element(0x00280010, "US", b"\x02\0")
    + element(0x00280011, "US", b"\x03\0")
)


# Keeping the header and leaving the bulk out.


def test_small_values_stay_and_a_large_binary_one_leaves_a_hole() -> None:
    large = element(0x00091010, "OB", bytes(2000))
    scanned = scan(NAME + large + NAME.replace(b"\x10\0", b"\x12\0", 1))
    assert scanned.header == NAME + large[:12] + NAME.replace(b"\x10\0", b"\x12\0", 1)
    assert scanned.holes == (Hole(len(NAME) + 12, 2000),)
    assert scanned.length == 2 * len(NAME) + 2012


@pytest.mark.parametrize(
    ("vr", "size", "is_kept"),
    [
        ("OB", 1024, True),
        ("OB", 1026, False),
        ("UN", 1026, False),
        ("UT", 64 * 1024, True),
        ("UT", 64 * 1024 + 2, False),
        ("LT", 60_000, True),
    ],
)
def test_what_stays_depends_on_vr_and_size(vr: str, size: int, *, is_kept: bool) -> None:
    scanned = scan(element(0x00091010, vr, bytes(size)))
    assert bool(scanned.holes) is not is_kept


def test_an_un_that_the_dictionary_knows_stays_up_to_64_kib() -> None:
    assert not scan(element(0x00186011, "UN", bytes(4000))).holes


def test_top_level_pixels_are_always_a_hole() -> None:
    assert scan(element(0x7FE00010, "OW", bytes(6))).holes == (Hole(12, 6),)


def test_holes_lie_where_the_values_were_also_within_items() -> None:
    content = NAME + element(0x00091010, "OB", bytes(3000)) + NAME.replace(b"\x10", b"\x12", 1)
    encoded = NAME + element(0x00400555, "SQ", item(content))
    scanned = scan(encoded, cut=100)
    (hole,) = scanned.holes
    assert encoded[hole.offset : hole.offset + hole.length] == bytes(3000)
    assert len(scanned.header) == len(encoded) - 3000


def test_multi_gigabyte_values_pass_at_once_and_are_not_kept() -> None:
    scanner = DataSetScanner(EXPLICIT)
    chunk = bytes(1 << 20)
    scanner.feed(SMALL + element(0x7FE00010, "OW", length=3 << 30))
    tracemalloc.start()
    began = time.process_time()
    for _ in range(3 << 10):
        scanner.feed(chunk)
    took = time.process_time() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert scanner.finish().holes[0].length == 3 << 30
    assert peak < 1 << 20
    assert took < 1


# Any chunking; every real file.


def outcome(encoded: bytes, uid: str, cut: int) -> ScannedDataSet | str:
    try:
        return scan(encoded, uid, cut)
    except MalformedDataSet as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("cut", [1, 7, 4093])
def test_any_chunking_of_real_objects_gives_the_same(testdata: Path, cut: int) -> None:
    for path, start, encoded in iter_objects(testdata):
        short = encoded[: 40_000 if cut > 1 else 4_000]
        uid = start.transfer_syntax_uid
        assert outcome(short, uid, cut) == outcome(short, uid, 1 << 30), path.name


@given(
    cuts=st.lists(st.integers(1, 200), min_size=1, max_size=30),
    tail=st.sampled_from(
        [
            encapsulated(JPEG_FRAME, JPEG_FRAME),
            encapsulated(JPEG_FRAME, JPEG_FRAME, offset_table=struct.pack("<2I", 0, 24)),
            encapsulated(JPEG_FRAME[:8], JPEG_FRAME[8:], JPEG_FRAME),
            element(0x7FE00010, "OB", bytes(12)),
            b"",
        ]
    ),
)
def test_any_chunking_gives_the_same(cuts: list[int], tail: bytes) -> None:
    encoded = SMALL + tail
    whole = scan(encoded, JPEG)
    scanner = DataSetScanner(JPEG)
    at = turn = 0
    while at < len(encoded):
        step = cuts[turn % len(cuts)]
        scanner.feed(encoded[at : at + step])
        at, turn = at + step, turn + 1
    assert scanner.finish() == whole


@given(noise=st.binary(max_size=300), cut=st.integers(1, 300))
@pytest.mark.parametrize("uid", [IMPLICIT, EXPLICIT, BIG_ENDIAN, JPEG, DEFLATED])
def test_random_bytes_are_refused_or_read(uid: str, noise: bytes, cut: int) -> None:
    for encoded in (noise, SMALL + noise, SMALL[:40] + noise):
        try:
            scanned = scan(encoded, uid, cut)
        except MalformedDataSet:
            continue
        assert len(scanned.header) + sum(hole.length for hole in scanned.holes) <= scanned.length


def test_every_valid_object_is_read_and_no_byte_is_lost(testdata: Path) -> None:
    for path, start, encoded in iter_objects(testdata):
        if path.name in UNREADABLE or "fuzz" in path.parts:
            continue
        scanned = scan(encoded, start.transfer_syntax_uid)
        if start.transfer_syntax_uid != DEFLATED:
            assert scanned.length == len(encoded), path.name
        kept = len(scanned.header) + sum(hole.length for hole in scanned.holes)
        assert kept == scanned.length, path.name


@pytest.mark.parametrize("name", ["MR_truncated.dcm", "rtplan_truncated.dcm"])
def test_truncated_objects_are_told(testdata: Path, name: str) -> None:
    for path, start, encoded in iter_objects(testdata):
        if path.name == name:
            with pytest.raises(TruncatedDataSet):
                scan(encoded, start.transfer_syntax_uid)


def test_hostile_objects_are_refused_or_read_within_a_second(testdata: Path) -> None:
    for path in sorted((testdata / "dicom" / "fuzz").rglob("TC*.dcm")):
        raw = path.read_bytes()
        began = time.process_time()
        for uid in (IMPLICIT, EXPLICIT, BIG_ENDIAN, JPEG, DEFLATED):
            for encoded in (raw, raw[132:]):
                try:
                    scan(encoded, uid)
                except RequestError:
                    continue
        assert time.process_time() - began < 1, path.name


# Frames.


@pytest.mark.filterwarnings("ignore:Incorrect value for Specific Character Set")
def test_frames_of_real_objects_agree_with_pydicom(testdata: Path) -> None:
    compared = 0
    for path, start, encoded in iter_objects(testdata):
        is_deflated = start.transfer_syntax_uid == DEFLATED
        if "fuzz" in path.parts or is_deflated or path.name == "badVR.dcm":
            continue
        frames = outcome(encoded, start.transfer_syntax_uid, 1 << 30)
        if isinstance(frames, str) or frames.frames is None:
            continue
        index = frames.frames
        reference = pydicom.dcmread(path, force=True)
        if index.is_encapsulated:
            expected = [
                b"".join(parts)
                for parts in generate_fragmented_frames(
                    reference.PixelData, number_of_frames=int(reference.get("NumberOfFrames", 1))
                )
            ]
        else:
            pixels = reference.PixelData
            size = get_expected_length(reference, "bytes") // index.count
            expected = [pixels[at * size : (at + 1) * size] for at in range(index.count)]
        found = [
            b"".join(encoded[offset : offset + length] for offset, length in index.extents(frame))
            for frame in range(index.count)
        ]
        assert found == expected, path.name
        compared += 1
    assert compared > 90


def test_a_sequence_delimitation_within_a_fragment_is_no_end(testdata: Path) -> None:
    raw = (testdata / "dicom/odd/JPEG2000-embedded-sequence-delimiter.dcm").read_bytes()
    assert raw.count(END_OF_SEQUENCE[:4]) > 1
    for cut in (1, 13, 1 << 30):
        start = pydicom.dcmread(DicomBytesIO(raw)).file_meta.FileMetaInformationGroupLength + 144
        scanned = scan(raw[start:], "1.2.840.10008.1.2.4.91", cut)
        assert scanned.frames is not None
        assert scanned.frames.count == 1


def test_fragmented_frames_without_a_table_are_told_apart() -> None:
    encoded = SMALL + encapsulated(JPEG_FRAME[:6], JPEG_FRAME[6:], JPEG_FRAME)
    for cut in (1, 1 << 30):
        frames = scan(encoded, JPEG, cut).frames
        assert frames is not None
        assert [len(frames.extents(frame)) for frame in range(frames.count)] == [2, 1]


def test_an_extended_offset_table_beyond_the_header_is_used() -> None:
    count = 300
    lengths = [len(JPEG_FRAME) + 8] * count
    offsets = struct.pack(f"<{count}Q", *(sum(lengths[:at]) for at in range(count)))
    encoded = (
        element(0x00280008, "IS", b"300 ")
        + element(0x7FE00001, "OV", offsets)
        + element(0x7FE00002, "OV", bytes(8 * count))
        + encapsulated(*[JPEG_FRAME] * count)
    )
    for cut in (501, 1 << 30):
        scanned = scan(encoded, JPEG, cut)
        assert len(scanned.holes) == 3
        assert scanned.frames is not None
        assert scanned.frames.count == count
        assert Oddity.FRAMES_UNCLEAR not in scanned.oddities


def test_a_missing_basic_offset_table_item_is_forgiven() -> None:
    pixels = item(JPEG_FRAME) * 2 + END_OF_SEQUENCE
    scanned = scan(SMALL + element(0x7FE00010, "OB", pixels, length=UNDEFINED), JPEG)
    assert scanned.frames is not None
    assert scanned.frames.count == 2
    assert Oddity.NO_OFFSET_TABLE in scanned.oddities


def test_video_is_one_stream_whatever_the_number_of_frames() -> None:
    frames = scan(SMALL + encapsulated(b"stream"), MPEG4).frames
    assert frames is not None
    assert frames.is_single_stream


def test_an_icon_within_an_item_has_no_part_in_the_frames() -> None:
    icon = element(0x00880200, "SQ", item(encapsulated(JPEG_FRAME), length=UNDEFINED))
    scanned = scan(icon + encapsulated(JPEG_FRAME, JPEG_FRAME)[:0] + NAME, JPEG)
    assert scanned.frames is None
    assert len(scanned.holes) == 1


# What is taken although PS3.5 forbids it.


@pytest.mark.parametrize(
    ("encoded", "oddity"),
    [
        (element(0x00100020, "LO", b"AB") + NAME, Oddity.OUT_OF_ORDER),
        (element(0x00104000, "LT", b"A") + element(0x00104000, "LT", b"B"), Oddity.DUPLICATE),
        (element(0x00100020, "LO", b"ABC"), Oddity.ODD_LENGTH),
        (element(0x00100020, "??", b"AB"), Oddity.UNKNOWN_VR),
        (NAME + delimitation(0xFFFEE00D), Oddity.STRAY_DELIMITATION),
        (NAME + delimitation(0xFFFEE0DD), Oddity.STRAY_DELIMITATION),
        (NAME + bytes(3), Oddity.TRAILING_ZEROS),
        (NAME + bytes(3000), Oddity.TRAILING_ZEROS),
        (element(0x00020010, "UI", b"1.2\0") + NAME, Oddity.META_IN_DATA_SET),
        (
            element(SEQUENCE, "SQ", item(implicit(0x00081150, b"1.2\0"))),
            Oddity.IMPLICIT_ITEM,
        ),
        (
            element(SEQUENCE, "SQ", item(NAME + delimitation(0xFFFEE00D))),
            Oddity.STRAY_DELIMITATION,
        ),
        (
            element(SEQUENCE, "SQ", item(NAME) + END_OF_SEQUENCE),
            Oddity.STRAY_DELIMITATION,
        ),
    ],
)
@pytest.mark.parametrize("cut", [1, 1 << 30])
def test_harmless_oddities_are_taken_and_named(encoded: bytes, oddity: Oddity, cut: int) -> None:
    assert oddity in scan(encoded, cut=cut).oddities


def test_the_first_of_two_elements_counts() -> None:
    scanned = scan(element(0x00104000, "LT", b"AA") + element(0x00104000, "LT", b"BB"))
    _, place, length = scanned.table[0x00104000]
    assert scanned.header[place : place + length] == b"AA"


def test_a_sound_object_has_no_oddities() -> None:
    assert scan(SMALL + encapsulated(JPEG_FRAME, JPEG_FRAME), JPEG).oddities == ()


def test_trailing_padding_is_an_element() -> None:
    assert scan(NAME + element(0xFFFCFFFC, "OB", bytes(50))).oddities == ()


def test_an_un_of_undefined_length_holds_implicit_vr_items() -> None:
    inner = item(implicit(0x00081150, b"1.2\0"), length=UNDEFINED) + END_OF_SEQUENCE
    for order, uid in (("<", EXPLICIT), (">", BIG_ENDIAN)):
        encoded = element(0x00091010, "UN", inner, length=UNDEFINED, order=order)
        assert scan(encoded, uid).length == len(encoded)


def test_an_implicit_value_that_was_no_sequence_once_is_taken() -> None:
    assert scan(implicit(0x0040A170, b"NAMED TYPE"), IMPLICIT).oddities == ()


def test_encapsulated_pixels_may_lack_their_end_when_all_frames_are_there() -> None:
    whole = SMALL + encapsulated(JPEG_FRAME, JPEG_FRAME)
    scanned = scan(whole[:-8], JPEG)
    assert Oddity.NO_PIXEL_DELIMITATION in scanned.oddities
    assert scanned.holes[-1].offset + scanned.holes[-1].length == len(whole) - 8
    with pytest.raises(TruncatedDataSet):
        scan(SMALL + element(0x00280009, "AT", bytes(4)) + encapsulated(b"raw ")[:-8], JPEG)


def test_native_pixels_in_an_encapsulated_syntax_are_named() -> None:
    scanned = scan(SMALL + element(0x7FE00010, "OB", bytes(12)), JPEG)
    assert Oddity.NATIVE_PIXELS in scanned.oddities
    assert scanned.frames is not None


# What is refused.


def ends_of_elements(encoded: bytes) -> set[int]:
    ends = {0}
    at = 0
    while at < len(encoded):
        _, _, vr, size = struct.unpack_from("<HH2sH", encoded, at)
        if vr == b"SQ":
            size = struct.unpack_from("<I", encoded, at + 8)[0]
            at = encoded.index(END_OF_SEQUENCE, at) + 8 if size == UNDEFINED else at + 12 + size
        else:
            at += 8 + size
        ends.add(at)
    return ends


@pytest.mark.parametrize("cut", [1, 1 << 30])
def test_every_truncation_is_told(cut: int) -> None:
    encoded = SMALL + encapsulated(JPEG_FRAME, JPEG_FRAME[:6], JPEG_FRAME[6:])
    whole = ends_of_elements(SMALL) | {len(encoded) - 8}
    for size in set(range(len(encoded))) - whole:
        with pytest.raises(TruncatedDataSet):
            scan(encoded[:size], JPEG, cut)


@pytest.mark.parametrize(
    ("encoded", "message"),
    [
        (element(0x00000002, "UI", b"1.2\0"), "command"),
        (NAME + element(0x00000002, "UI", b"1.2\0"), "command"),
        (NAME + bytes(20) + b"\x01", "command"),
        (item(NAME), "outside a sequence"),
        (NAME + struct.pack("<HHI", 0xFFFE, 0xE00D, 4), "has a length"),
        (element(0x00100010, "UT", length=UNDEFINED), "no length"),
        (element(SEQUENCE, "SQ", NAME), "other than items"),
        (element(SEQUENCE, "SQ", item(NAME, length=99)), "beyond its sequence"),
        (element(SEQUENCE, "SQ", item(element(0x00100010, "PN", b"A", length=99))), "beyond its"),
        (element(SEQUENCE, "SQ", item(b"\x08\0\x50\0")), "within an element"),
        (element(SEQUENCE, "SQ", b"\xfe\xff\0\xe0"), "within an item"),
        (
            element(SEQUENCE, "SQ", item(NAME, length=UNDEFINED)[:-8] + END_OF_SEQUENCE),
            "within its item",
        ),
        (encapsulated(JPEG_FRAME), "the transfer syntax is not"),
        (element(0x00080018, "UI", b"1.2\0") * 2, "identifying"),
        (element(0x00091010, "OB", NAME, length=UNDEFINED), "other than fragments"),
        (
            element(0x00091010, "OB", item(b"", length=UNDEFINED), length=UNDEFINED),
            "other than fragments",
        ),
    ],
)
@pytest.mark.parametrize("cut", [1, 1 << 30])
def test_what_cannot_be_a_data_set_is_refused(encoded: bytes, message: str, cut: int) -> None:
    with pytest.raises(MalformedDataSet, match=message):
        scan(encoded, cut=cut)


def nested(depth: int) -> bytes:
    encoded = b""
    for _ in range(depth):
        encoded = element(SEQUENCE, "SQ", item(encoded))
    return encoded


def test_nesting_is_bounded() -> None:
    scan(nested(32))
    for cut in (1, 1 << 30):
        with pytest.raises(MalformedDataSet, match="nested too deeply"):
            scan(nested(33), cut=cut)
    endless = element(
        SEQUENCE, "SQ", struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED), length=UNDEFINED
    )
    with pytest.raises(MalformedDataSet, match="nested too deeply"):
        scan(endless * 100_000)


def limited(encoded: bytes, limits: ScanLimits) -> None:
    scanner = DataSetScanner(JPEG, limits)
    scanner.feed(encoded)
    scanner.finish()


def test_everything_that_grows_is_bounded() -> None:
    many = b"".join(element(0x00090000 + at, "LO") for at in range(0x1000, 0x1100))
    with pytest.raises(MalformedDataSet, match="too many elements"):
        limited(many, ScanLimits(elements=200))
    with pytest.raises(MalformedDataSet, match="too many items"):
        limited(element(SEQUENCE, "SQ", item(b"") * 300), ScanLimits(elements=200))
    with pytest.raises(MalformedDataSet, match="header is too long"):
        limited(many, ScanLimits(header_bytes=1000))
    with pytest.raises(MalformedDataSet, match="too many fragments"):
        limited(encapsulated(*[b"xx"] * 20), ScanLimits(fragments=10))


def test_a_large_chunk_of_tiny_elements_costs_no_more_than_reading_it() -> None:
    """Looked at anew for each element, 32 MB would take hours."""
    alike = element(0x00104000, "LT") * 4_000_000
    rising = b"".join(
        struct.pack("<HHI", 9 + 2 * (at >> 15), at & 0x7FFF, 0) for at in range(1 << 20)
    )
    began = time.process_time()
    with pytest.raises(MalformedDataSet):
        scan(alike)
    with pytest.raises(MalformedDataSet):
        scan(rising, IMPLICIT)
    assert time.process_time() - began < 10


def test_a_deflate_bomb_is_refused_within_a_second() -> None:
    bomb = deflate(element(0x7FE00010, "OW", length=0xFFFFFFF0) + bytes(300 << 20))
    began = time.process_time()
    with pytest.raises(MalformedDataSet, match="beyond bounds"):
        scan(bomb, DEFLATED)
    assert time.process_time() - began < 1


def test_a_length_of_four_gigabytes_costs_nothing() -> None:
    tracemalloc.start()
    with pytest.raises(TruncatedDataSet):
        scan(NAME + element(0x7FE00010, "OW", b"few", length=0xFFFFFFFE))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 18


def test_deflated_data_sets_have_inflated_coordinates() -> None:
    encoded = SMALL + element(0x7FE00010, "OB", bytes(12))
    scanned = scan(deflate(encoded), DEFLATED, cut=3)
    assert scanned.length == len(encoded)
    assert scanned.holes == (Hole(len(SMALL) + 12, 12),)


def test_an_empty_data_set_is_one() -> None:
    assert scan(b"").length == 0
