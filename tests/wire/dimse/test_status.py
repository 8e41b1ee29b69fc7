import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynetdicom.status import code_to_category

from sonarium.wire.dimse.status import MEANING, Status, StatusCategory, is_pending, status_category


@pytest.mark.parametrize("status", Status)
def test_known_codes_have_the_category_another_implementation_knows(status: Status) -> None:
    assert status_category(status) == code_to_category(status).lower()


@given(st.integers(0, 0xFFFF))
def test_any_code_has_a_category(status: int) -> None:
    assert status_category(status) in StatusCategory
    assert is_pending(status) is (status_category(status) is StatusCategory.PENDING)


def test_a_pending_status_promises_more_responses() -> None:
    assert [status.name for status in Status if is_pending(status)] == [
        "PENDING",
        "PENDING_WITH_UNSUPPORTED_KEYS",
    ]


def test_every_code_can_be_said_in_words() -> None:
    assert MEANING[0xA700] == "Out of resources"
    assert set(MEANING) == set(Status)
