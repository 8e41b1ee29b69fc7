from datetime import UTC

from sonarium.base.clock import utc_now


def test_now_is_aware_and_in_utc() -> None:
    assert utc_now().tzinfo is UTC
