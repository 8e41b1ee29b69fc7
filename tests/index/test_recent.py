"""How far a search looks through the newest studies."""

from itertools import pairwise

from sonarium.index.recent import RECENT, promises_more


def test_each_look_is_four_times_as_long_as_the_one_before() -> None:
    assert all(later == 4 * earlier for earlier, later in pairwise(RECENT))


def test_only_what_nearly_filled_the_page_is_worth_a_longer_look() -> None:
    assert promises_more(20, 50)
    assert not promises_more(5, 50)
    assert not promises_more(0, 50)
