"""How names and words are compared: without case, accents, width or ligatures.

Stored and asked text go through the same folding, so the database only compares.
"""

import re
import unicodedata

_NO_DECOMPOSITION = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """Return `text` as it is compared (PS3.4 C.2.2.2.1 leaves case and accents to us)."""
    if text.isascii():
        return _SPACES.sub(" ", text.lower()).strip()
    spread = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(mark for mark in spread if not unicodedata.combining(mark))
    composed = unicodedata.normalize("NFKC", plain.translate(_NO_DECOMPOSITION))
    return _SPACES.sub(" ", composed).strip()


def fold_name_group(group: str) -> str:
    """Fold one component group of a PN; trailing empty components say nothing (PS3.5 6.2.1)."""
    return "^".join(part.strip() for part in fold(group).split("^")).rstrip("^ ")
