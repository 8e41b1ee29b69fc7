"""Keys of studies as rows."""

import os
from datetime import UTC, datetime

from sonarium.db.pool import Database
from sonarium.domain.group_key import WrappedKey
from sonarium.index.study_keys import (
    destroy_study_keys,
    destroyed_study_keys,
    find_study_key,
    keep_study_keys,
    rewrap_study_keys,
    root_keys_used,
    study_keys_of,
    study_keys_under,
)


def a_key(root: str = "old") -> WrappedKey:
    return WrappedKey(os.urandom(16), root, os.urandom(60))


async def test_keys_are_kept_once_found_and_destroyed_with_their_study(database: Database) -> None:
    one, two, other = a_key(), a_key(), a_key()
    async with database.transaction() as tx:
        await keep_study_keys(tx, [("1.2", one), ("1.2", two), ("1.2", one), ("1.2", None)])
        await keep_study_keys(tx, [("1.2", one), ("1.3", other)])
        await keep_study_keys(tx, [])
        assert await find_study_key(tx, one.key_id) == one
        assert await study_keys_of(tx, "1.2") == sorted([one.key_id, two.key_id])
        assert await destroy_study_keys(tx, "1.2") == 2
        assert await find_study_key(tx, one.key_id) is None
        assert await study_keys_of(tx, "1.2") == []
        assert await find_study_key(tx, other.key_id) == other
        (day,) = await destroyed_study_keys(tx, 10)
        assert day.keys == 2
        assert day.destroyed_at.date() == datetime.now(UTC).date()


async def test_an_object_that_was_on_its_way_brings_its_key_back(database: Database) -> None:
    key = a_key()
    async with database.transaction() as tx:
        await keep_study_keys(tx, [("1.2", key)])
        await destroy_study_keys(tx, "1.2")
        await keep_study_keys(tx, [("1.2", key)])
        assert await find_study_key(tx, key.key_id) == key


async def test_keys_are_wrapped_anew_a_few_at_a_time(database: Database) -> None:
    keys = [a_key() for _ in range(3)]
    async with database.transaction() as tx:
        await keep_study_keys(tx, [("1.2", key) for key in keys])
        some = await study_keys_under(tx, "old", 2)
        new = [WrappedKey(one.key_id, "new", b"again") for one in some]
        await rewrap_study_keys(tx, new, "new")
        assert await root_keys_used(tx) == {"new": 2, "old": 1}
        assert await find_study_key(tx, some[0].key_id) == new[0]
