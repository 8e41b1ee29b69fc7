"""A link covers its place, its record and the link before."""

from types import SimpleNamespace
from typing import cast

import pytest

from sonarium.db.transaction import Transaction
from sonarium.index.audit import Link
from sonarium.services.audit.chain import next_link

TX = cast(Transaction, SimpleNamespace(authenticate=bytes))


def test_links_count_on() -> None:
    first = next_link(TX, None, 7, b"m")
    assert (first.sequence, first.record_ref) == (1, 7)
    assert next_link(TX, first, 8, b"m").sequence == 2


@pytest.mark.parametrize(
    "other",
    [
        (Link(4, 1, b"h"), 9, b"m"),
        (Link(3, 1, b"i"), 9, b"m"),
        (Link(3, 1, b"h"), 8, b"m"),
        (Link(3, 1, b"h"), 9, b"n"),
        (Link(3, 1, b"h"), 9, None),
    ],
)
def test_whatever_differs_gives_another_code(other: tuple[Link, int, bytes | None]) -> None:
    assert next_link(TX, *other).hash != next_link(TX, Link(3, 1, b"h"), 9, b"m").hash
