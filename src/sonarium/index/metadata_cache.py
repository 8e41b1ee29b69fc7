"""Metadata documents that were prepared once and serve until their series changes."""

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction

FIND_METADATA = sql_file("sonarium.index", "find_metadata")
PUT_METADATA = sql_file("sonarium.index", "put_metadata")


async def find_metadata(tx: Transaction, series_ref: int, version: int) -> bytes | None:
    """Return the document of a series at exactly this version."""
    rows = await tx.values(FIND_METADATA, series=series_ref, version=version)
    return bytes(rows[0][0]) if rows else None


async def put_metadata(tx: Transaction, series_ref: int, version: int, document: bytes) -> None:
    """Keep a document; an older version never replaces a newer one."""
    await tx.execute(PUT_METADATA, series=series_ref, version=version, document=document)
