"""JSON columns arrive as Python values through orjson, several times faster than json."""

from typing import Any

import orjson
from psycopg import AsyncConnection
from psycopg.types.json import set_json_dumps, set_json_loads


def register_json(connection: AsyncConnection[Any]) -> None:
    """Let one connection read and write JSON with orjson."""
    set_json_loads(orjson.loads, connection)
    set_json_dumps(_dumps, connection)


def _dumps(value: object) -> bytes:
    return orjson.dumps(value)
