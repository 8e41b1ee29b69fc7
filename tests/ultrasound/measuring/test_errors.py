"""What cannot be computed is the caller's request, not our failure."""

from sonarium.base.errors import RequestError
from sonarium.ultrasound.measuring.errors import NotComputable


def test_a_value_that_cannot_be_computed_is_a_refusal_in_words() -> None:
    assert issubclass(NotComputable, RequestError)
