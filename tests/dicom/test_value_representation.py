"""Facts about VRs."""

import struct

from pydicom.valuerep import EXPLICIT_VR_LENGTH_32, VR

from sonarium.dicom.value_representation import (
    ALL_VRS,
    CHARACTER_SET_VRS,
    LONG_VRS,
    NUMBER_FORMATS,
    SHORT_VRS,
    TEXT_VRS,
    WORD_SIZES,
)


def test_every_vr_of_the_standard_is_known() -> None:
    assert {vr.value for vr in VR if len(vr.value) == 2} == ALL_VRS


def test_the_long_forms_are_those_of_the_standard() -> None:
    assert {str(vr.value) for vr in EXPLICIT_VR_LENGTH_32} == LONG_VRS
    assert not LONG_VRS & SHORT_VRS


def test_texts_with_a_character_set_are_texts() -> None:
    assert CHARACTER_SET_VRS < TEXT_VRS


def test_numbers_and_words_have_the_sizes_of_the_standard() -> None:
    sizes = {vr: struct.calcsize("<" + letter) for vr, letter in NUMBER_FORMATS.items()}
    assert sizes == {"FD": 8, "FL": 4, "SL": 4, "SS": 2, "SV": 8, "UL": 4, "US": 2, "UV": 8}
    assert WORD_SIZES["OW"] == 2
