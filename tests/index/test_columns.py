"""Which attribute lives where in the index."""

from psycopg.sql import SQL
from tests.index.synthetic import instance

from sonarium.db.pool import Database
from sonarium.domain.query import QueryLevel
from sonarium.index.columns import COLUMNS, DEPTH
from sonarium.index.ingest import add_instances

FROM = SQL("study JOIN series USING (study_ref) JOIN instance USING (series_ref)")


async def test_every_column_exists(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [instance()])
        for column in COLUMNS.values():
            for expression in column.of("study"):
                (row,) = await tx.values(SQL("SELECT {} FROM {}").format(expression, FROM))
                assert len(row) == 1


def test_levels_go_down_from_the_patient() -> None:
    assert [DEPTH[level] for level in QueryLevel] == [0, 1, 2, 3]
