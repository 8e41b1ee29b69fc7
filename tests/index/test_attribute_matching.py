"""Attribute matching in Python."""

import time

import pytest

from sonarium.dicom.dictionary import VR_BY_TAG
from sonarium.domain.attributes import Attributes
from sonarium.domain.query import MatchKey
from sonarium.index.asked import read_key
from sonarium.index.attribute_matching import attributes_match

OPERATOR, CODES, MEANING, VALUE = 0x00081070, 0x00081032, 0x00080104, 0x00080100
DATA_SET: Attributes = {
    "00081070": {"vr": "PN", "Value": [{"Alphabetic": "Müller^Ana", "Ideographic": "山田"}]},
    "00280101": {"vr": "US", "Value": [8]},
    "00181000": {"vr": "LO", "Value": ["A_1%", "B"]},
    "0040A032": {"vr": "DT", "Value": ["20240102101500+0100"]},
    "00081032": {
        "vr": "SQ",
        "Value": [
            {"00080100": {"vr": "SH", "Value": ["P"]}, "00080104": {"vr": "LO", "Value": ["x"]}},
            {"00080100": {"vr": "SH", "Value": ["Q"]}, "00080104": {"vr": "LO", "Value": ["y"]}},
        ],
    },
}


def matches(*asked: tuple[tuple[int, ...], str], fuzzy: bool = False) -> bool:
    keys = []
    for path, value in asked:
        tag = path[-1]
        key = read_key(MatchKey(tag, VR_BY_TAG[tag], (value,), path[:-1]), fuzzy=fuzzy)
        assert key is not None
        keys.append(key)
    return attributes_match(DATA_SET, keys)


@pytest.mark.parametrize(
    ("tag", "value", "verdict"),
    [
        (OPERATOR, "MULLER^ANA", True),
        (OPERATOR, "muller*", True),
        (OPERATOR, "山*", True),
        (OPERATOR, "=山田", True),
        (OPERATOR, "ana*", False),
        (0x00280101, "8", True),
        (0x00280101, "12", False),
        (0x00181000, "A_1%", True),
        (0x00181000, "A?1?", True),
        (0x00181000, "A_*", True),
        (0x00181000, "a_1%", False),
        (0x00181000, "B", True),
        (0x0040A032, "20240102-20240103", True),
        (0x0040A032, "20240103-", False),
        (0x00080070, '""', True),
        (0x00080070, "Maker", False),
    ],
)
def test_a_value_matches_as_its_vr_says(tag: int, value: str, verdict: bool) -> None:
    assert matches(((tag,), value)) is verdict


def test_keys_of_a_sequence_are_matched_within_one_item() -> None:
    assert matches(((CODES, VALUE), "P"), ((CODES, MEANING), "x"))
    assert not matches(((CODES, VALUE), "P"), ((CODES, MEANING), "y"))


def test_fuzzy_names_match_by_their_words() -> None:
    assert matches(((OPERATOR,), "an mul"), fuzzy=True)
    assert not matches(((OPERATOR,), "uller"), fuzzy=True)


def test_many_stars_cost_no_more_than_one_look() -> None:
    key = read_key(MatchKey(0x00181000, "LO", ("*a" * 500,)), fuzzy=False)
    assert key is not None
    long: Attributes = {"00181000": {"vr": "LO", "Value": ["a" * 499 + "b" * 5000]}}
    before = time.process_time()
    assert not attributes_match(long, [key])
    assert time.process_time() - before < 2
