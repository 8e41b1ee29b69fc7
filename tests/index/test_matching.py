"""Matching values as SQL."""

import pytest
from psycopg.sql import SQL, Literal

from sonarium.db.pool import Database
from sonarium.index.matching import all_of, any_of, like_pattern, word_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "verdict"),
    [
        ("A*", "ABC", True),
        ("?B?", "ABC", True),
        ("100%*", "100% x", True),
        ("100%*", "1000", False),
        ("a_b", "axb", False),
        ("a\\b", "a\\b", True),
        ("*", "", True),
    ],
)
async def test_only_star_and_question_mark_are_wildcards(
    database: Database, pattern: str, text: str, verdict: bool
) -> None:
    statement = SQL("SELECT {} LIKE {}").format(Literal(text), Literal(like_pattern(pattern)))
    async with database.transaction() as tx:
        assert await tx.values(statement) == [(verdict,)]


@pytest.mark.parametrize(
    ("word", "name", "verdict"),
    [("ana", "muller^ana", True), ("mul", "muller^ana", True), ("ller", "muller^ana", False),
     ("a.a", "muller^ana", False), ("jones", "smith-jones", True)],
)  # fmt: skip
async def test_a_word_is_found_where_words_begin(
    database: Database, word: str, name: str, verdict: bool
) -> None:
    statement = SQL("SELECT {} ~ {}").format(Literal(name), Literal(word_pattern(word)))
    async with database.transaction() as tx:
        assert await tx.values(statement) == [(verdict,)]


async def test_no_condition_holds_and_one_of_several_is_enough(database: Database) -> None:
    yes, no = SQL("true"), SQL("false")
    async with database.transaction() as tx:
        for condition, verdict in (
            (all_of([]), True),
            (all_of([yes, no]), False),
            (any_of([no, yes]), True),
            (any_of([no]), False),
        ):
            assert await tx.values(SQL("SELECT {}").format(condition)) == [(verdict,)]
