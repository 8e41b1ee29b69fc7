"""What a matching key asks for."""

import pytest

from sonarium.dicom.dictionary import VR_BY_TAG
from sonarium.domain.query import MatchKey
from sonarium.index.asked import (
    Between,
    Exactly,
    Like,
    Name,
    NameWords,
    Nothing,
    Number,
    moment_digits,
    read_key,
)
from sonarium.index.errors import InvalidMatchKey

NAME, ID, DATE, NUMBER, UID = 0x00100010, 0x00100020, 0x00080020, 0x00200011, 0x0020000D


def wanted(tag: int, *values: str, fuzzy: bool = False) -> object:
    key = read_key(MatchKey(tag, VR_BY_TAG[tag], values), fuzzy=fuzzy)
    return None if key is None else key.wanted


@pytest.mark.parametrize("value", ["", "*", "***", "\0", " "])
def test_an_empty_key_matches_everything(value: str) -> None:
    assert wanted(ID, value) is None
    assert wanted(NAME, value) is None


def test_wildcards_make_a_pattern_and_runs_of_stars_are_one() -> None:
    assert wanted(ID, "A**B?") == (Like("A*B?"),)
    assert wanted(ID, "AB") == (Exactly("AB"),)
    assert wanted(ID, "*" * 65_536 + "x") == (Like("*x"),)


def test_two_quotation_marks_ask_for_no_value() -> None:
    assert wanted(ID, '""') == (Nothing(),)


def test_dates_are_single_or_ranges() -> None:
    assert wanted(DATE, "20240102") == (Between("20240102", "20240102"),)
    assert wanted(DATE, "2024.01.02-") == (Between("20240102", ""),)
    assert wanted(DATE, "-20240102") == (Between("", "20240102"),)
    assert wanted(DATE, "-") is None
    with pytest.raises(InvalidMatchKey):
        wanted(DATE, "yesterday")


def test_numbers_are_numbers() -> None:
    assert wanted(NUMBER, "007") == (Number(7.0),)
    for nonsense in ("seven", "nan", "inf"):
        with pytest.raises(InvalidMatchKey):
            wanted(NUMBER, nonsense)


def test_names_are_folded_by_group_and_by_word() -> None:
    assert wanted(NAME, "Müller^ANNA") == (Name((Exactly("muller^anna"),)),)
    assert wanted(NAME, "Yamada*=山田*") == (Name((Like("yamada*"), Like("山田*"))),)
    assert wanted(NAME, "anna mül", fuzzy=True) == (NameWords(("anna", "mul")),)


def test_a_list_of_uids_asks_for_any_of_them() -> None:
    assert wanted(UID, "1.2", "1.3") == (Exactly("1.2"), Exactly("1.3"))


def test_moments_sort_as_digits() -> None:
    assert moment_digits("1015", "TM") == "101500"
    assert moment_digits("20240102101500.5+0100", "DT") == "202401021015005"
    assert moment_digits("", "DA") == ""
