"""Writes `docs/openapi.json` from the routes themselves; no database is asked.

Run `./dev openapi` after a change: it also writes the types of the browser application anew.
"""

import asyncio
import json

from sonarium.app.archive import archive_over
from sonarium.app.settings import Settings
from sonarium.app.web_server import routes_of
from sonarium.db.pool import Database
from sonarium.services.change_feed import ChangeFeed
from sonarium.storage.key_room import Keys
from sonarium.storage.memory import MemoryBlobStore


async def openapi_document() -> str:
    """Describe the JSON API as `/api/openapi.json` does, for people to read and compare."""
    settings = Settings()
    database = Database("")
    archive = archive_over(database, MemoryBlobStore(), Keys.throw_away(), settings)
    described = routes_of(
        archive, settings, ChangeFeed(database, archive.access)
    ).openapi_schema.to_schema()
    return json.dumps(described, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(asyncio.run(openapi_document()), end="")
