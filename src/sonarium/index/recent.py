"""How far a search looks through the newest studies before it collects all matches.

A match that is frequent fills its page from the newest few; one that is rare is collected
quickly by an index. Only what is neither is worth a second, longer look.
"""

from typing import Final

RECENT: Final = (3000, 12_000, 48_000)
"""Studies looked through."""


def promises_more(found: int, limit: int) -> bool:
    """Tell whether a look four times as long is likely to fill the page."""
    return 3 * found >= limit
