"""Specific Character Set."""

from pathlib import Path

import pydicom
import pydicom.charset
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.valuerep import PersonName

from sonarium.dicom.character_set import character_set, character_set_for

DECLARED = [
    "",
    "ISO_IR 100",
    "ISO_IR 101",
    "ISO_IR 109",
    "ISO_IR 110",
    "ISO_IR 144",
    "ISO_IR 127",
    "ISO_IR 126",
    "ISO_IR 138",
    "ISO_IR 148",
    "ISO_IR 203",
    "ISO_IR 13",
    "ISO_IR 166",
    "ISO_IR 192",
    "GB18030",
    "GBK",
    "ISO 2022 IR 100",
    "ISO 2022 IR 6\\ISO 2022 IR 100\\ISO 2022 IR 144",
    "\\ISO 2022 IR 87",
    "\\ISO 2022 IR 87\\ISO 2022 IR 159",
    "ISO 2022 IR 13\\ISO 2022 IR 87",
    "\\ISO 2022 IR 149",
    "\\ISO 2022 IR 58",
    "ISO 2022 IR 100\\ISO 2022 IR 126\\ISO 2022 IR 149",
]


def test_the_names_of_the_sample_files_read_as_pydicom_reads_them(testdata: Path) -> None:
    compared = 0
    for path in sorted((testdata / "dicom/charset").glob("*.dcm")):
        reference = pydicom.dcmread(path)
        if "PatientName" not in reference:
            continue
        raw = reference.get_item("PatientName").value
        terms = reference.get("SpecificCharacterSet", "")
        declared = terms if isinstance(terms, str) else "\\".join(terms)
        decoded = character_set(declared).decode(raw, "PN").rstrip(" =")
        assert decoded == str(reference.PatientName).rstrip("="), path.name
        compared += 1
    assert compared == 15


@pytest.mark.parametrize("declared", DECLARED)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12))
def test_what_can_be_written_reads_back(declared: str, text: str) -> None:
    chosen = character_set(declared)
    for vr in ("LO", "PN"):
        encoded = chosen.encode(text, vr)
        if chosen.can_encode(text) and text.isprintable():
            assert chosen.decode(encoded, vr) == text
        assert isinstance(chosen.decode(encoded, vr), str)


@pytest.mark.parametrize("declared", DECLARED)
@given(noise=st.binary(max_size=40))
def test_no_bytes_break_the_reading(declared: str, noise: bytes) -> None:
    for raw in (noise, b"\x1b$B" + noise, b"\x1b$)C" + noise, b"\x1b-L" + noise):
        character_set(declared).decode(raw, "PN").encode("utf-8")


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("Äneas^Rüdiger", "ISO_IR 100"),
        ("Люкceмбypг", "ISO_IR 144"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "\\ISO 2022 IR 87"),
        ("ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう", "ISO 2022 IR 13\\ISO 2022 IR 87"),
        ("Hong^Gildong=洪^吉洞=홍^길동", "\\ISO 2022 IR 149"),
        ("Wang^XiaoDong=王^小东", "GB18030"),
        ("Διονυσιος\\Äneas", "ISO 2022 IR 100\\ISO 2022 IR 126"),
    ],
)
def test_pydicom_reads_what_we_write(text: str, declared: str) -> None:
    encoded = character_set(declared).encode(text, "PN")
    codecs = pydicom.charset.convert_encodings(declared.split("\\"))
    name = PersonName(encoded, codecs)
    if "\\" not in text:
        assert str(name) == text
    assert character_set(declared).decode(encoded, "PN") == text


def test_simplified_chinese_is_designated_in_each_component() -> None:
    chosen = character_set("\\ISO 2022 IR 58")
    encoded = chosen.encode("Zhang^XiaoDong=张^小东", "PN")
    assert encoded == b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab"
    assert chosen.decode(encoded, "PN") == "Zhang^XiaoDong=张^小东"


@pytest.mark.parametrize("declared", ["ISO_IR 13", "ISO 2022 IR 13\\ISO 2022 IR 87"])
def test_a_yen_sign_never_becomes_a_backslash(declared: str) -> None:
    chosen = character_set(declared)
    assert not chosen.can_encode("¥")
    assert chosen.encode("¥¥") == b"??"


@pytest.mark.parametrize(
    "spelling",
    ["ISO-IR 100", "ISO_IR_100", "ISO IR 100", "iso_ir 100", "ISO_IR100", "LATIN1", " ISO_IR 100 "],
)
def test_illegal_spellings_are_understood(spelling: str) -> None:
    assert character_set(spelling).decode(b"M\xfcller") == "Müller"


def test_spellings_of_code_extensions_are_understood() -> None:
    japanese = b"\x1b$B;3ED\x1b(B"
    for spelling in ("\\ISO 2022 IR 87", "\\ISO-2022-IR-87", "\\ISO_IR 87", "ISO_2022_IR_87"):
        assert character_set(spelling).decode(japanese) == "山田"


def test_undeclared_bytes_are_utf_8_when_they_can_be_and_else_latin_1() -> None:
    for declared in ("", "ISO_IR 6", "NONSENSE"):
        assert character_set(declared).decode("Müller".encode()) == "Müller"
        assert character_set(declared).decode(b"M\xfcller") == "Müller"


def test_bytes_outside_the_declared_set_are_marked() -> None:
    assert character_set("ISO_IR 192").decode(b"M\xfcller") == "M\ufffdller"


def test_a_nul_within_a_text_is_marked_and_one_at_its_end_is_padding() -> None:
    for declared in ("", "ISO_IR 100", "ISO_IR 192", "\\ISO 2022 IR 87", "GB18030"):
        assert character_set(declared).decode(b"A\0B\0\0") == "A\ufffdB"


def test_a_backslash_within_a_character_parts_nothing() -> None:
    encoded = "一".encode("gb18030") + b"\\" + "\u8868".encode("gbk")
    assert character_set("GB18030").decode(encoded).count("\\") == 1
    raw = character_set("\\ISO 2022 IR 87").encode("ソ表")
    assert character_set("\\ISO 2022 IR 87").decode(raw) == "ソ表"


def test_sets_are_reset_at_the_ends_of_values_and_of_name_components() -> None:
    chosen = character_set("ISO 2022 IR 100\\ISO 2022 IR 144")
    greek_then_latin = b"\x1b-L\xbb\\\xfc"
    assert chosen.decode(greek_then_latin, "LO") == "Л\\ü"
    assert chosen.decode(b"\x1b-L\xbb^\xfc", "PN") == "Л^ü"
    assert chosen.decode(b"\x1b-L\xbb^\xfc", "LO") == "Л^ќ"


def test_what_cannot_be_written_becomes_a_question_mark() -> None:
    assert character_set("ISO_IR 100").encode("Müller 山") == b"M\xfcller ?"
    assert character_set("").encode("Müller") == b"M?ller"
    assert character_set("\\ISO 2022 IR 149").encode("김й").endswith(b"\xac\xdb")


def test_a_set_is_chosen_that_can_write_everything() -> None:
    assert character_set_for(["plain", ""], "ISO_IR 100") == ""
    assert character_set_for(["Müller"], "ISO_IR 100") == "ISO_IR 100"
    assert character_set_for(["Müller", "山"], "ISO_IR 100") == "ISO_IR 192"
    assert character_set_for(["山"], "") == "ISO_IR 192"
    assert character_set_for(["山田"], "\\ISO 2022 IR 87") == "\\ISO 2022 IR 87"
