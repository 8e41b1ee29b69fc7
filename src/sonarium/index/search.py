"""Finds patients, studies, series and instances: C-FIND, QIDO-RS (PS3.4 C.4.1, PS3.18 10.6).

First the keys of the answers are found, in order (`finding`), then the answers are read: under
the policy of whoever asks.
"""

from dataclasses import replace
from typing import Final

from sonarium.db.transaction import Transaction
from sonarium.domain.access import Viewer
from sonarium.domain.attributes import Attributes
from sonarium.domain.query import Query
from sonarium.index.answers import Answers, Levels
from sonarium.index.attribute_matching import attributes_match
from sonarium.index.conditions import Conditions
from sonarium.index.errors import SearchTooBroad
from sonarium.index.finding import count_keys, find_keys

_MOST_CANDIDATES: Final = 20_000
"""Headers decoded for one search."""
_CHUNK: Final = 250


async def search(tx: Transaction, viewer: Viewer, query: Query) -> list[Attributes]:
    """Return one page of what somebody may see, most recent study first, in an order that stays.

    A match holds what was asked for and is known: the keys, `returned`, and the unique keys
    of its level and those above; with `all_attributes` all that is known of its level.

    Raises:
        InvalidMatchKey: a value cannot be matched against its VR.
        SearchTooBroad: keys that have no index would have to be looked up in too many headers.
    """
    conditions = Conditions(query, viewer)
    answers = Answers(query, conditions.in_python)
    if conditions.in_python:
        return await _search_by_headers(tx, viewer, conditions, answers)
    refs = await find_keys(tx, viewer, conditions.wanted, query.offset, query.limit)
    return await answers.read(tx, refs)


async def count(tx: Transaction, viewer: Viewer, query: Query, most: int) -> int:
    """Count the matches of a query, up to `most`, without regard to its page.

    Raises:
        InvalidMatchKey, SearchTooBroad: as `search`.
    """
    conditions = Conditions(query, viewer)
    if conditions.in_python:
        return len(await search(tx, viewer, replace(query, offset=0, limit=most)))
    return await count_keys(tx, viewer, conditions.wanted, most)


async def _search_by_headers(
    tx: Transaction, viewer: Viewer, conditions: Conditions, answers: Answers
) -> list[Attributes]:
    """Read candidates in order until a page is full."""
    query = conditions.query
    refs = await find_keys(tx, viewer, conditions.wanted, 0, _MOST_CANDIDATES + 1)
    end = None if query.limit is None else query.offset + query.limit
    found: list[Levels] = []
    for at in range(0, min(len(refs), _MOST_CANDIDATES), _CHUNK):
        candidates = await answers.read_whole(tx, refs[at : at + _CHUNK])
        found += [
            candidate
            for candidate in candidates
            if attributes_match(answers.merged(candidate), conditions.in_python)
        ]
        if end is not None and len(found) >= end:
            break
    else:
        if len(refs) > _MOST_CANDIDATES:
            raise SearchTooBroad(
                f"attributes without an index would be looked up in more than "
                f"{_MOST_CANDIDATES} headers: add a key such as a date or an ID"
            )
    return [answers.trimmed(match) for match in found[query.offset : end]]
