"""The live feed: which study came, grew or went."""

from collections.abc import AsyncIterator

import psycopg

from sonarium.db.errors import DatabaseUnavailable


async def iter_changes(dsn: str, pause_s: float) -> AsyncIterator[str | None]:
    """Stream the Study Instance UIDs of changed studies as they commit.

    None comes after `pause_s` without any, so that a caller notices that its reader left.

    Raises:
        DatabaseUnavailable: the connection broke; changes in between are not repeated.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
        async with connection:
            await connection.execute("LISTEN sonarium_change")
            while True:
                async for notice in connection.notifies(timeout=pause_s):
                    yield notice.payload
                yield None
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable("the database does not answer") from error
