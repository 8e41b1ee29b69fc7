"""Checking data sets given in JSON."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.dicom.errors import InvalidAttribute
from sonarium.dicom.json_input import check_attributes, iter_texts

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


elements = st.fixed_dictionaries(
    {"vr": st.sampled_from(["PN", "SQ", "OB", "US", "AT", "??"])}, optional={"Value": anything}
)
keys = st.sampled_from(["00100010", "00081140", "7fe00010", "00020010", "xyz"])


@given(document=anything | st.dictionaries(keys, anything | elements))
def test_no_document_breaks_the_check(document: object) -> None:
    with contextlib.suppress(InvalidAttribute):
        check_attributes(document)


def test_keys_become_upper_case_and_a_missing_vr_is_looked_up() -> None:
    assert check_attributes({"0020000d": {"Value": ["1.2"]}}) == {
        "0020000D": {"vr": "UI", "Value": ["1.2"]}
    }


def test_meta_elements_and_group_lengths_are_left_out() -> None:
    assert check_attributes({"00020010": {}, "00080000": {}, "00000002": {}}) == {}


def test_empty_contents_leave_an_empty_attribute() -> None:
    for element in ({"vr": "LO"}, {"vr": "LO", "Value": []}, {"vr": "LO", "Value": None}):
        assert check_attributes({"00100020": element}) == {"00100020": {"vr": "LO"}}


@pytest.mark.parametrize(
    ("vr", "value"),
    [
        ("LO", "text"),
        ("LO", None),
        ("LT", "a\\b"),
        ("PN", {"Alphabetic": "A^B", "Phonetic": "C"}),
        ("PN", "A^B"),
        ("IS", 3),
        ("IS", "3"),
        ("DS", 1.5),
        ("DS", "1.50"),
        ("FD", 1.5),
        ("FD", "NaN"),
        ("US", 3),
        ("UV", "18446744073709551615"),
        ("AT", "0020000D"),
        ("SQ", {"00080100": {"vr": "SH", "Value": ["A"]}}),
        ("SQ", {}),
    ],
)
def test_what_a_vr_may_hold_is_taken(vr: str, value: object) -> None:
    document = {"00091010": {"vr": vr, "Value": [value]}}
    assert check_attributes(document) == document


@pytest.mark.parametrize(
    ("vr", "value"),
    [
        ("LO", 3),
        ("LO", "a\\b"),
        ("LO", {"Alphabetic": "A"}),
        ("PN", {"Alphabetic": 3}),
        ("PN", {"Alphabetic": "A=B"}),
        ("PN", {"Family": "A"}),
        ("IS", [3]),
        ("IS", True),
        ("FD", "1.5"),
        ("US", 1.5),
        ("US", True),
        ("US", "x"),
        ("AT", "PatientID"),
        ("OB", "QUJD"),
    ],
)
def test_what_a_vr_cannot_hold_is_named_without_its_value(vr: str, value: object) -> None:
    with pytest.raises(InvalidAttribute) as caught:
        check_attributes({"00100020": {"vr": vr, "Value": [value]}})
    assert caught.value.attribute == "PatientID (0010,0020)"
    assert "a\\b" not in str(caught.value)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "the data set: it is not a JSON object"),
        ({"PatientName": {}}, "eight hexadecimal digits"),
        ({"00100010": []}, "PatientName (0010,0010): it is not a JSON object"),
        ({"00100010": {"vr": "XX"}}, "its vr is unknown"),
        ({"00100010": {"vr": ["PN"]}}, "its vr is unknown"),
        ({"00100010": {"vr": "PN", "Value": "A"}}, "its Value is not an array"),
        ({"00091010": {"vr": "OB", "Value": [1], "InlineBinary": "QQ=="}}, "more than one"),
        ({"00091010": {"vr": "OB", "InlineBinary": "***"}}, "not base64"),
        ({"00091010": {"vr": "OB", "BulkDataURI": 3}}, "its BulkDataURI cannot be used"),
        ({"00081140": {"vr": "SQ", "BulkDataURI": "x"}}, "its BulkDataURI cannot be used"),
        ({"FFFEE000": {"vr": "UN"}}, "cannot stand here"),
        ({"0020000d": {}, "0020000D": {}}, "not twice"),
        (
            {"00081140": {"vr": "SQ", "Value": [{}, {"00081155": {"vr": "UI", "Value": [3]}}]}},
            "ReferencedImageSequence (0008,1140) item 2: ReferencedSOPInstanceUID (0008,1155)",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(document: object, message: str) -> None:
    with pytest.raises(InvalidAttribute) as caught:
        check_attributes(document)
    assert message in str(caught.value)


def test_nesting_and_number_are_bounded() -> None:
    document: dict[str, object] = {}
    for _ in range(40):
        document = {"00081140": {"vr": "SQ", "Value": [document]}}
    with pytest.raises(InvalidAttribute, match="nested too deeply"):
        check_attributes(document)
    with pytest.raises(InvalidAttribute, match="too many"):
        check_attributes({"00081140": {"vr": "SQ", "Value": [{"00080100": {}}] * 500_001}})


def test_all_texts_that_need_a_character_set_are_found() -> None:
    checked = check_attributes(
        {
            "00100010": {"vr": "PN", "Value": [{"Alphabetic": "A", "Ideographic": "B"}]},
            "00081030": {"vr": "LO", "Value": ["C", None]},
            "00081140": {"vr": "SQ", "Value": [{"00104000": {"vr": "LT", "Value": ["D"]}}]},
            "00280010": {"vr": "US", "Value": [1]},
            "7FE00010": {"vr": "OB", "InlineBinary": "QQ=="},
        }
    )
    assert list(iter_texts(checked)) == ["A", "B", "C", "D"]
