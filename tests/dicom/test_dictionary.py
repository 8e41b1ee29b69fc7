"""The data dictionary."""

import pytest

from sonarium.dicom.dictionary import (
    VR_BY_TAG,
    attribute_name,
    keyword_of,
    private_vr,
    tag_of,
    vr_for,
)


@pytest.mark.parametrize(
    ("tag", "vr"),
    [
        (0x00100010, "PN"),
        (0x00186011, "SQ"),
        (0x60003000, "OW"),  # a repeating group
        (0x60123000, "OW"),
        (0x00080000, "UL"),  # a group length
        (0x00290010, "LO"),  # a private creator
        (0x00291010, "UN"),
        (0x00089999, "UN"),
    ],
)
def test_every_tag_has_a_vr(tag: int, vr: str) -> None:
    assert vr_for(tag) == vr


def test_pixel_representation_decides_between_signed_and_unsigned() -> None:
    smallest_pixel_value = 0x00280106
    assert vr_for(smallest_pixel_value) == "US"
    assert vr_for(smallest_pixel_value, pixel_representation=1) == "SS"
    assert vr_for(0x00280010, pixel_representation=1) == "US"


def test_asking_for_unknown_tags_keeps_nothing() -> None:
    before = len(VR_BY_TAG)
    for tag in range(0x00091000, 0x00091100):
        assert VR_BY_TAG[tag] == "UN"
    assert len(VR_BY_TAG) == before


def test_published_private_attributes_have_their_vr() -> None:
    assert private_vr(0x00191012, "SIEMENS CT VA1 DUMMY") is None
    assert private_vr(0x00091001, "GEMS_IDEN_01") == "LO"


def test_keywords_and_tags_find_each_other() -> None:
    assert keyword_of(0x00100010) == "PatientName"
    assert tag_of("PatientName") == 0x00100010
    assert keyword_of(0x60023000) == "OverlayData"
    assert keyword_of(0x00091001) == ""
    assert tag_of("NoSuchThing") is None


def test_an_attribute_is_named_for_a_person() -> None:
    assert attribute_name(0x00100010) == "PatientName (0010,0010)"
    assert attribute_name(0x00091001) == "(0009,1001)"
