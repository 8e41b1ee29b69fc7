"""How names and words are compared: without case, accents, width or ligatures.

Stored and asked text go through the same folding, so the database only compares.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_NO_DECOMPOSITION: Final = str.maketrans(
    {
        "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k",
    }
)  # fmt: skip
"""Letters with strokes, and ligatures, that Unicode does not take apart."""
_SPACES: Final = re.compile(r"\s+")
_KEPT_CLASSES: Final = frozenset({0, 7, 8, 9})
"""Canonical combining classes of marks that make another letter, not an accent: nukta,
kana voicing marks (か is not が), virama."""


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return `text` as it is compared (PS3.4 C.2.2.2.1 leaves case and accents to us)."""
    if text.isascii():
        return _SPACES.sub(" ", text.lower()).strip()
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in spread if unicodedata.combining(c) in _KEPT_CLASSES)
    composed = unicodedata.normalize("NFC", plain.translate(_NO_DECOMPOSITION))
    return _SPACES.sub(" ", composed).strip()


def fold_name_group(group: str) -> str:
    """Fold one component group of a PN; trailing empty components say nothing (PS3.5 6.2.1)."""
    return "^".join(part.strip() for part in fold(group).split("^")).rstrip("^ ")
