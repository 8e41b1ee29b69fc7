"""How names and words are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.index.folding import fold, fold_name_group


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MÜLLER", "muller"),
        ("Müller", "Mu\u0308ller"),
        ("Straße", "STRASSE"),
        ("Søren", "soren"),
        ("Łódź", "lodz"),
        ("ＹＡＭＡＤＡ", "yamada"),
        ("Æsop", "aesop"),
        ("a  b\tc", "A B C"),
    ],
)
def test_case_accents_width_and_ligatures_do_not_count(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_marks_that_make_another_letter_count() -> None:
    assert fold("か") != fold("が")


def test_trailing_empty_components_say_nothing() -> None:
    assert fold_name_group("DOE^JANE^^") == fold_name_group("doe^jane") == "doe^jane"
    assert fold_name_group(" Doe ^ Jane ") == "doe^jane"


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
