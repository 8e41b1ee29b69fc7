"""Writing encoded data sets."""

import pytest
from tests.dicom.building import element, encapsulated, implicit, item

from sonarium.dicom.character_set import character_set
from sonarium.dicom.data_set_writer import BulkSource, DataSetWriter, person_name_text
from sonarium.dicom.element import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, Encoding
from sonarium.dicom.errors import InvalidAttribute
from sonarium.domain.attributes import Attributes


def write(
    attributes: Attributes,
    encoding: Encoding = EXPLICIT_LITTLE,
    terms: str = "ISO_IR 192",
    bulk: BulkSource | None = None,
) -> bytes:
    return DataSetWriter(encoding, character_set(terms), bulk).data_set(attributes, terms)


@pytest.mark.parametrize(
    ("vr", "values", "written"),
    [
        ("LO", ["A", None, "B"], b"A\\\\B"),
        ("CS", ["ONE"], b"ONE "),
        ("UI", ["1.2"], b"1.2\0"),
        ("PN", [{"Alphabetic": "A^B", "Phonetic": "C"}], b"A^B==C"),
        ("PN", [{"Alphabetic": "A"}, None, "B"], b"A\\\\B"),
        ("IS", [3, "04", None], b"3\\04\\ "),
        ("IS", [3.0], b"3 "),
        ("DS", [1.5, 2], b"1.5\\2 "),
        ("US", [258], b"\x02\x01"),
        ("FL", ["NaN"], b"\0\0\xc0\x7f"),
        ("FD", [1], b"\0\0\0\0\0\0\xf0\x3f"),
        ("UV", ["18446744073709551615"], b"\xff" * 8),
        ("AT", ["0020000D"], b"\x20\0\x0d\0"),
        ("UT", ["A\\B"], b"A\\B "),
        ("SQ", [{}, None], item(b"") * 2),
    ],
)
def test_each_vr_is_written(vr: str, values: list[object], written: bytes) -> None:
    attributes: Attributes = {"00091010": {"vr": vr, "Value": values}}  # type: ignore[dict-item]
    assert write(attributes) == element(0x00091010, vr, written)


def test_each_encoding_has_its_heads() -> None:
    attributes: Attributes = {
        "00280010": {"vr": "US", "Value": [1]},
        "00091010": {"vr": "OW", "InlineBinary": "AQI="},
    }
    assert write(attributes, IMPLICIT_LITTLE) == implicit(0x00091010, b"\1\2") + implicit(
        0x00280010, b"\1\0"
    )
    assert write(attributes, EXPLICIT_BIG) == element(
        0x00091010, "OW", b"\2\1", order=">"
    ) + element(0x00280010, "US", b"\0\1", order=">")


def test_elements_come_in_tag_order() -> None:
    attributes: Attributes = {
        "00100020": {"vr": "LO"},
        "00041130": {"vr": "CS"},
        "00080050": {"vr": "SH"},
    }
    assert write(attributes) == (
        element(0x00041130, "CS") + element(0x00080050, "SH") + element(0x00100020, "LO")
    )


def test_the_character_set_is_written_where_it_belongs_and_only_when_needed() -> None:
    plain: Attributes = {"00100020": {"vr": "LO", "Value": ["A"]}}
    assert b"CS" not in write(plain)
    latin: Attributes = {"00041130": {"vr": "CS"}, "00100020": {"vr": "LO", "Value": ["ü"]}}
    assert write(latin, terms="ISO_IR 100") == (
        element(0x00041130, "CS")
        + element(0x00080005, "CS", b"ISO_IR 100")
        + element(0x00100020, "LO", b"\xfc ")
    )
    asked: Attributes = {"00080005": {"vr": "CS", "Value": ["ISO_IR 144"]}}
    assert write(asked, terms="ISO_IR 100") == element(0x00080005, "CS", b"ISO_IR 100")
    assert write(latin, terms="") == element(0x00041130, "CS") + element(0x00100020, "LO", b"? ")


def test_items_are_written_in_the_character_set_of_the_data_set() -> None:
    inner: Attributes = {
        "00080005": {"vr": "CS", "Value": ["ISO_IR 144"]},
        "00080104": {"vr": "LO", "Value": ["ü"]},
    }
    attributes: Attributes = {"00081140": {"vr": "SQ", "Value": [inner]}}  # type: ignore[list-item]
    assert write(attributes, terms="ISO_IR 100") == element(
        0x00080005, "CS", b"ISO_IR 100"
    ) + element(0x00081140, "SQ", item(element(0x00080104, "LO", b"\xfc ")))


def test_bulk_values_are_fetched() -> None:
    attributes: Attributes = {"00091010": {"vr": "OB", "BulkDataURI": "one"}}
    assert write(attributes, bulk={"one": b"ABC"}.__getitem__) == element(
        0x00091010, "OB", b"ABC\0"
    )
    assert write(attributes) == element(0x00091010, "OB")
    with pytest.raises(InvalidAttribute, match="was not sent"):
        write(attributes, bulk=dict[str, bytes]().__getitem__)


def test_frames_are_encapsulated_with_their_offsets() -> None:
    attributes: Attributes = {"7FE00010": {"vr": "OB", "BulkDataURI": "frames"}}
    table = (0).to_bytes(4, "little") + (12).to_bytes(4, "little")
    assert write(attributes, bulk=lambda _uri: [b"ABC", b"DE"]) == encapsulated(
        b"ABC\0", b"DE", offset_table=table
    )


@pytest.mark.parametrize(
    ("vr", "values"),
    [
        ("US", [70_000]),
        ("US", ["x"]),
        ("LO", [3]),
        ("AT", ["x"]),
        ("OB", [1]),
        ("SH", ["A" * 70_000]),
        ("SQ", [3]),
    ],
)
def test_a_value_that_does_not_fit_is_named(vr: str, values: list[object]) -> None:
    attributes: Attributes = {"00100020": {"vr": vr, "Value": values}}  # type: ignore[dict-item]
    with pytest.raises(InvalidAttribute, match=r"PatientID \(0010,0020\)"):
        write(attributes)


def test_a_name_is_written_with_its_groups() -> None:
    assert person_name_text({"Alphabetic": "A", "Ideographic": "B"}) == "A=B"
    assert person_name_text({"Phonetic": "C"}) == "==C"
    assert person_name_text({}) == ""
    assert person_name_text("A=B") == "A=B"
    assert person_name_text(None) == ""
