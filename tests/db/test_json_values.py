from psycopg.types.json import Jsonb

from sonarium.db.pool import Database


async def test_json_goes_both_ways(database: Database) -> None:
    value = {"00100010": {"vr": "PN", "Value": [{"Alphabetic": "Ü^名"}]}, "n": [1, 2.5, None]}
    async with database.transaction() as tx:
        assert await tx.values(b"SELECT %(value)s", value=Jsonb(value)) == [(value,)]
