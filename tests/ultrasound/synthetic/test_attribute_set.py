import pytest

from sonarium.ultrasound.synthetic.acquisition import Code
from sonarium.ultrasound.synthetic.attribute_set import attribute_set, code_item


def test_keywords_become_tags_with_their_vr() -> None:
    assert attribute_set(Rows=600, PatientName="SYNTHETIC^X") == {
        "00280010": {"vr": "US", "Value": [600]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "SYNTHETIC^X"}]},
    }


def test_a_list_gives_several_values_and_none_gives_an_empty_element() -> None:
    assert attribute_set(ImageType=["DERIVED", "PRIMARY"])["00080008"]["Value"] == [
        "DERIVED",
        "PRIMARY",
    ]
    assert attribute_set(AccessionNumber=None) == {"00080050": {"vr": "SH"}}
    assert attribute_set(ImageType=[]) == {"00080008": {"vr": "CS"}}


def test_a_keyword_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        attribute_set(Sonographer="x")


def test_a_code_becomes_an_item() -> None:
    item = code_item(Code("399214001", "SCT", "Apical four chamber"))
    assert item["00080100"]["Value"] == ["399214001"]
    assert item["00080102"]["Value"] == ["SCT"]
    assert item["00080104"]["Value"] == ["Apical four chamber"]
