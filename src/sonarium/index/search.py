"""Finds patients, studies, series and instances: C-FIND, QIDO-RS (PS3.4 C.2.2.2)."""

from sonarium.db.transaction import Transaction
from sonarium.domain.attributes import Attributes
from sonarium.domain.query import Query


async def search(tx: Transaction, query: Query) -> list[Attributes]:
    """Return the matches, most recent study first, in an order that stays.

    Each has the attributes that were keys or asked for, where the archive knows them, and
    the unique keys of its level and those above.

    Raises:
        InvalidMatchKey: a value cannot be matched against its VR.
        SearchTooBroad: keys that have no index would have to be looked up in too many headers.
    """
    raise NotImplementedError


async def count(tx: Transaction, query: Query) -> int:
    """Count the matches, without regard to `limit` and `offset`.

    Raises:
        InvalidMatchKey, SearchTooBroad: as `search`.
    """
    raise NotImplementedError
