"""Query, C-FIND and QIDO-RS: what the index holds, in pages."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from sonarium.base.errors import RequestError, UnavailableError
from sonarium.domain.access import Viewer
from sonarium.domain.attributes import Attributes
from sonarium.domain.query import MatchKey, Query
from sonarium.index.search import search
from sonarium.services.access import STUDY_ROOT_FIND, AccessService
from sonarium.services.audit.trail import note
from sonarium.services.audit.trail import query as audited

_PAGE = 5000
_LONGEST_VALUE = 1024
"""Of one value to match; the longest text with wildcards allowed, LO, has 64 characters."""
_MOST_KEYS = 256


class TooManyMatches(RequestError):
    """A query matches more than anybody can use; those before it were returned."""


class QueryTooLong(RequestError):
    """A query asks for more at once than anybody needs to."""


class QueryTimedOut(UnavailableError):
    """The index did not answer in time."""


class QueryService:
    """Searches the index."""

    def __init__(self, access: AccessService, *, timeout: timedelta, maximum_matches: int) -> None:
        self._access = access
        self._timeout = timeout.total_seconds()
        self._maximum_matches = maximum_matches

    async def find(self, viewer: Viewer, query: Query) -> list[Attributes]:
        """Return a page of what somebody may see, as `offset` and `limit` of the query say.

        Raises:
            QueryTooLong: it has too many keys, or too long a value.
            QueryTimedOut: the index was too slow.
        """
        return await self._find(viewer, query, is_first=True)

    async def _find(self, viewer: Viewer, query: Query, *, is_first: bool) -> list[Attributes]:
        _refuse_too_long(query)
        try:
            async with asyncio.timeout(self._timeout):
                async with self._access.looking(viewer) as tx:
                    found = await search(tx, viewer, query)
                    if is_first:
                        await note(tx, audited(STUDY_ROOT_FIND, keys_of(query)))
                    return found
        except TimeoutError:
            raise QueryTimedOut("the query took too long; narrow it") from None

    async def iter_pages(self, viewer: Viewer, query: Query) -> AsyncIterator[list[Attributes]]:
        """Stream all matches in pages, each of its own transaction.

        Raises:
            TooManyMatches: after the last page that is allowed.
            QueryTimedOut: the index was too slow.
        """
        found = 0
        while True:
            most = min(_PAGE, self._maximum_matches - found)
            page = await self._find(
                viewer, replace(query, offset=found, limit=most + 1), is_first=not found
            )
            has_more = len(page) > most
            page = page[:most]
            found += len(page)
            if page:
                yield page
            if not has_more:
                return
            if found >= self._maximum_matches:
                raise TooManyMatches(f"more than {self._maximum_matches} matches; narrow the query")


def keys_of(query: Query) -> str:
    """Write the matching keys of a query, for the audit trail."""
    keys = (f"{_path_of(key)}={chr(92).join(key.values)}" for key in query.keys if key.values)
    return "; ".join((query.level.value, *keys))


def _path_of(key: MatchKey) -> str:
    return ".".join(f"{tag:08X}" for tag in (*key.path, key.tag))


def _refuse_too_long(query: Query) -> None:
    """Refuse what costs the database more to read than to answer: 64 KB of `*a*a*`, say.

    A list of UIDs may have any length; each of its values is short.
    """
    if sum(bool(key.values) for key in query.keys) > _MOST_KEYS:
        raise QueryTooLong(f"a query may have {_MOST_KEYS} keys that match")
    if any(len(value) > _LONGEST_VALUE for key in query.keys for value in key.values):
        raise QueryTooLong(f"a value to match may have {_LONGEST_VALUE} characters")
