"""How far a search looks through the newest studies."""

from itertools import pairwise

import pytest

from sonarium.index.recent import FIRST_LOOK, RECENT, promises_more


def test_each_look_is_four_times_as_long_as_the_one_before() -> None:
    assert all(later == 4 * earlier for earlier, later in pairwise(RECENT))


@pytest.mark.parametrize(
    ("found", "studies", "is_indexed", "expected"),
    [
        (20, RECENT[0], True, True),
        (20, RECENT[0], False, True),
        (5, RECENT[0], False, False),
        (0, RECENT[0], False, False),
        (0, FIRST_LOOK, False, False),
        (1, FIRST_LOOK, False, True),
        (1, FIRST_LOOK, True, False),
        (3, FIRST_LOOK, True, True),
    ],
)
def test_only_what_may_fill_the_page_is_worth_a_longer_look(
    found: int, studies: int, *, is_indexed: bool, expected: bool
) -> None:
    assert promises_more(found, 50, studies, is_indexed=is_indexed) is expected
