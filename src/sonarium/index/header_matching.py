"""Matching of attributes that the index keeps no column for: by decoding stored headers.

Slow and complete; the columns have narrowed the candidates before.
"""

import re
from collections.abc import Sequence

from sonarium.dicom.header import Header
from sonarium.domain.query import MatchKey
from sonarium.index.columns import KIND_OF_VR, Kind
from sonarium.index.folding import fold_name_group
from sonarium.index.matching import WILDCARDS, bounds, fuzzy_patterns


def header_matches(header: Header, keys: Sequence[MatchKey], *, fuzzy: bool) -> bool:
    """Tell whether a header satisfies every key."""
    return all(_key_matches(header, key, fuzzy=fuzzy) for key in keys)


def _key_matches(header: Header, key: MatchKey, *, fuzzy: bool) -> bool:
    kind = KIND_OF_VR.get(key.vr, Kind.TEXT)
    return any(
        value_matches(kind, text, value, fuzzy=fuzzy)
        for text in header.texts(key.tag)
        for value in key.values
    )


def value_matches(kind: Kind, text: str, value: str, *, fuzzy: bool) -> bool:
    """Tell whether one stored value matches one asked value (PS3.4 C.2.2.2)."""
    match kind:
        case Kind.NAME:
            return _name_matches(text, value, fuzzy=fuzzy)
        case Kind.DATE | Kind.TIME:
            filler = "" if kind is Kind.DATE else ":"
            first, last = bounds(value, filler)
            plain = text.replace(filler or ".", "")
            return bool(plain) and plain >= first and (not last or plain <= last + "~")
        case Kind.NUMBER:
            try:
                return float(text) == float(value)
            except ValueError:
                return False
        case _:
            return _wildcard_matches(text, value)


def _name_matches(text: str, value: str, *, fuzzy: bool) -> bool:
    stored = [fold_name_group(group) for group in text.split("=")]
    if fuzzy:
        patterns = fuzzy_patterns(value)
        return all(any(re.search(p, group) for group in stored) for p in patterns)
    asked = [fold_name_group(group) for group in value.split("=")[:3]]
    if len(asked) == 1:
        return any(_wildcard_matches(group, asked[0]) for group in stored)
    stored += [""] * (len(asked) - len(stored))
    return all(
        _wildcard_matches(have, want) for have, want in zip(stored, asked, strict=False) if want
    )


def _wildcard_matches(text: str, value: str) -> bool:
    if not WILDCARDS & set(value):
        return text == value
    pattern = "".join(
        ".*" if char == "*" else "." if char == "?" else re.escape(char)
        for char in re.sub(r"\*+", "*", value)
    )
    return re.fullmatch(pattern, text, re.DOTALL) is not None
