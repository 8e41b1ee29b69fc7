"""How far a search looks through the newest studies before it collects all matches.

A match that is frequent fills its page from the newest few; one that is rare is collected
quickly by an index. Only what is neither is worth longer looks.
"""

from typing import Final

FIRST_LOOK: Final = 300
"""Studies looked through in a millisecond: all that a rare match pays."""
RECENT: Final = (3000, 12_000, 48_000)
"""Studies looked through, if the first look found anything."""


def promises_more(found: int, limit: int, studies: int, *, is_indexed: bool) -> bool:
    """Tell whether a longer look than one through so many studies is likely to fill the page.

    After the first look anything is worth ten times as long a one, but where an index finds all
    matches as fast: then as much as would half fill the page.
    """
    if studies <= FIRST_LOOK:
        return 20 * found >= limit if is_indexed else found > 0
    return 3 * found >= limit
