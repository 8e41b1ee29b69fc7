import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.dicom.encode import decode_identifier, encode_attributes
from sonarium.dicom.uids import (
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)
from sonarium.domain.attributes import Attributes, Element
from sonarium.faces.dimse.answers import AnswerWriter

SYNTAXES = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN)
OURS: Attributes = {
    "00080052": {"vr": "CS", "Value": ["STUDY"]},
    "00080054": {"vr": "AE", "Value": ["SONARIUM"]},
}
ASKED = {
    "00080020": "DA",
    "00080050": "SH",
    "00080061": "CS",
    "00081030": "LO",
    "00100010": "PN",
    "0020000D": "UI",
    "00201208": "IS",
}
CHARACTER_SET: Attributes = {"00080005": {"vr": "CS"}}
TEXT = st.text("AZaz09 ^.é山", min_size=1, max_size=12).map(lambda text: f"x{text}x")
VALUES: dict[str, st.SearchStrategy[Element]] = {
    "DA": st.just({"vr": "DA", "Value": ["20240102"]}),
    "SH": TEXT.map(lambda text: {"vr": "SH", "Value": [text]}),
    "CS": st.just({"vr": "CS", "Value": ["US", "SR"]}),
    "LO": st.just({"vr": "LO"}),
    "PN": TEXT.map(lambda text: {"vr": "PN", "Value": [{"Alphabetic": text, "Phonetic": "P"}]}),
    "UI": st.sampled_from(["1.2.3", "1.2.34"]).map(lambda uid: {"vr": "UI", "Value": [uid]}),
    "IS": st.integers(0, 999).map(lambda number: {"vr": "IS", "Value": [number]}),
}
MATCHES = st.fixed_dictionaries({}, optional={key: VALUES[vr] for key, vr in ASKED.items()})


def writer_for(syntax: str, character_set: str = "") -> AnswerWriter:
    blanks: Attributes = {key: {"vr": vr} for key, vr in ASKED.items()}
    return AnswerWriter(syntax, blanks, OURS, character_set)


@given(match=MATCHES, syntax=st.sampled_from(SYNTAXES))
def test_the_short_way_writes_what_the_general_way_writes(match: Attributes, syntax: str) -> None:
    encoded = writer_for(syntax).encode(match)
    answer: Attributes = {**{key: {"vr": vr} for key, vr in ASKED.items()}, **match, **OURS}
    if "é" not in str(match) and "山" not in str(match):
        assert encoded == encode_attributes(answer, syntax, "")
    decoded = decode_identifier(encoded, syntax)
    general = decode_identifier(encode_attributes(answer, syntax, "ISO_IR 192"), syntax)
    assert {**decoded, **CHARACTER_SET} == {**general, **CHARACTER_SET}


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_what_was_not_asked_for_or_has_another_vr_is_written_all_the_same(syntax: str) -> None:
    match: Attributes = {
        "00080050": {"vr": "LO", "Value": ["X"]},
        "00081115": {"vr": "SQ", "Value": [{"0020000E": {"vr": "UI", "Value": ["1.2"]}}]},
    }
    decoded = decode_identifier(writer_for(syntax).encode(match), syntax)
    assert decoded["00080050"]["Value"] == ["X"]
    assert decoded["00081115"] == match["00081115"]


def test_a_value_too_long_for_its_length_goes_the_general_way() -> None:
    match: Attributes = {"00081030": {"vr": "LO", "Value": ["x" * 70_000]}}
    encoded = writer_for(IMPLICIT_VR_LITTLE_ENDIAN).encode(match)
    assert len(encoded) > 70_000


@pytest.mark.parametrize(
    ("asked", "text", "answered"),
    [
        ("ISO_IR 144", "Люкceмбypг", b"ISO_IR 144"),
        ("ISO_IR 144", "Jérôme", b"ISO_IR 100"),
        ("", "山田", b"ISO_IR 192"),
        ("ISO_IR 192", "Jérôme", b"ISO_IR 192"),
    ],
)
def test_the_character_set_holds_the_answer(asked: str, text: str, answered: bytes) -> None:
    match: Attributes = {"00081030": {"vr": "LO", "Value": [text]}}
    encoded = writer_for(EXPLICIT_VR_LITTLE_ENDIAN, asked).encode(match)
    assert answered in encoded
    decoded = decode_identifier(encoded, EXPLICIT_VR_LITTLE_ENDIAN)
    assert decoded["00081030"]["Value"] == [text]
