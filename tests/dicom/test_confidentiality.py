"""What an object without identity still says."""

import pytest

from sonarium.dicom.confidentiality import ACTIONS, Action, deidentified, pseudonym_uid
from sonarium.dicom.dictionary import VR_BY_TAG
from sonarium.domain.attributes import Attributes, Element

SECRET, OTHER_SECRET = b"one export", b"another export"


def text(vr: str, *values: str) -> Element:
    return {"vr": vr, "Value": [*values]}


STUDY: Attributes = {
    "00080018": text("UI", "1.2.3"),
    "0020000D": text("UI", "1.2.4"),
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "DOE^JANE"}]},
    "00100020": text("LO", "MRN-77"),
    "00080020": text("DA", "20200102"),
    "00080070": text("LO", "Acme"),
    "00080060": text("CS", "US"),
}


def test_identity_is_replaced_emptied_or_removed() -> None:
    clean = deidentified({**STUDY, "00104000": text("LT", "words")}, SECRET)
    assert clean["00080018"]["Value"] == [pseudonym_uid("1.2.3", SECRET)]
    assert clean["00080020"] == {"vr": "DA"}
    assert clean["00100020"]["Value"] != ["MRN-77"]
    assert "00104000" not in clean
    assert clean["00080070"] == text("LO", "Acme")
    assert clean["00120062"]["Value"] == ["YES"]


@pytest.mark.parametrize("key", ["00091001", "60003000", "00081140", "00880200", "00402017"])
def test_what_the_table_does_not_name_is_removed(key: str) -> None:
    assert key not in deidentified({**STUDY, key: text("LO", "anything")}, SECRET)


def test_identities_hold_together_within_an_export_and_not_between_two() -> None:
    one, same = deidentified(STUDY, SECRET), deidentified(STUDY, SECRET)
    other = deidentified(STUDY, OTHER_SECRET)
    for key in ("00080018", "0020000D", "00100010", "00100020"):
        assert one[key] == same[key] != other[key]
    assert (
        deidentified({**STUDY, "00100020": text("LO", "MRN-78")}, SECRET)["00100020"]
        != (one["00100020"])
    )


def test_a_kept_text_that_says_a_word_of_the_identity_is_emptied() -> None:
    clean = deidentified({**STUDY, "00080070": text("LO", "Jane's scanner")}, SECRET)
    assert clean["00080070"] == {"vr": "LO"}


def test_a_person_whose_name_is_a_defined_term_takes_no_modality_away() -> None:
    named = {**STUDY, "00100010": {"vr": "PN", "Value": [{"Alphabetic": "US^RGB"}]}}
    clean = deidentified({**named, "00280004": text("CS", "RGB")}, SECRET)  # type: ignore[dict-item]
    assert clean["00080060"] == text("CS", "US")
    assert clean["00280004"] == text("CS", "RGB")


def test_words_hidden_where_numbers_or_codes_belong_are_emptied() -> None:
    hidden = {
        "00181063": text("DS", "Mrs Doe"),
        "00180015": text("CS", "Mrs Doe, room 4"),
        "00200013": text("LO", "Mrs Doe"),
    }
    clean = deidentified({**STUDY, **hidden}, SECRET)
    assert clean["00181063"] == {"vr": "DS"}
    assert clean["00180015"] == {"vr": "CS"}
    assert "00200013" not in clean


def test_items_of_a_kept_sequence_are_cleaned_too() -> None:
    region: Element = {
        "vr": "SQ",
        "Value": [
            {
                "00186018": {"vr": "UL", "Value": [3]},
                "00080080": text("LO", "General Hospital"),
                "00190010": text("LO", "ACME"),
            }
        ],
    }
    clean = deidentified({**STUDY, "00186011": region}, SECRET)
    assert clean["00186011"]["Value"] == [{"00186018": {"vr": "UL", "Value": [3]}}]


def test_image_type_says_derived_and_keeps_only_terms() -> None:
    clean = deidentified(
        {**STUDY, "00080008": text("CS", "ORIGINAL", "PRIMARY", "Mrs Doe")}, SECRET
    )
    assert clean["00080008"]["Value"] == ["DERIVED", "PRIMARY", ""]


def test_nothing_that_names_people_times_or_other_objects_is_kept() -> None:
    kept = [int(key, 16) for key, action in ACTIONS.items() if action is Action.KEEP]
    naming = {"PN", "DA", "DT", "TM", "AE", "LT", "ST", "UT"}
    assert [hex(tag) for tag in kept if VR_BY_TAG[tag] in naming] == []
    assert [hex(tag) for tag in kept if tag >> 16 in {0x0010, 0x0032, 0x0038}] == []
    assert [hex(tag) for tag in kept if VR_BY_TAG[tag] == "UI"] == [hex(0x00080016)]
