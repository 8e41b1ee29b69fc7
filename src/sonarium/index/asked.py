"""What a matching key asks for, read once from its text (PS3.4 C.2.2.2).

Columns, JSON and headers are then compared with the same values.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from sonarium.domain.query import MatchKey
from sonarium.index.errors import InvalidMatchKey
from sonarium.index.folding import fold, fold_name_group

EMPTY_VALUE: Final = '""'
"""Empty value matching: two quotation marks."""
ENDLESS: Final = "~"
"""Sorts behind every digit: `1200~` is the end of the minute 12:00."""

_WILDCARDS: Final = frozenset("*?")
_PARTS_OF_DATES: Final = {
    "DA": re.compile(r"\d{4}(\d\d(\d\d)?)?"),
    "TM": re.compile(r"\d\d(\d\d(\d\d(\d{1,6})?)?)?"),
    "DT": re.compile(r"\d{4}(\d\d(\d\d(\d\d(\d\d(\d\d(\d{1,6})?)?)?)?)?)?"),
}
_OFFSET: Final = r"[+-](?:0\d|1[0-4])\d\d(?=-|$)"
"""UTC offset of a DT, which is left out: times are compared as they are written."""
_PUNCTUATION: Final = {"DA": ".", "TM": ":.", "DT": "."}
_BETWEEN_WORDS: Final = re.compile(r"[\s^=,*?]+")


class Kind(StrEnum):
    """How values are compared."""

    UID = "uid"
    TEXT = "text"
    MOMENT = "moment"
    NAME = "name"
    NUMBER = "number"
    LIST = "list"


KIND_OF_VR: Final[Mapping[str, Kind]] = {
    "UI": Kind.UID,
    **dict.fromkeys(("DA", "TM", "DT"), Kind.MOMENT),
    "PN": Kind.NAME,
    **dict.fromkeys(("IS", "DS", "US", "UL", "SS", "SL", "FL", "FD", "SV", "UV"), Kind.NUMBER),
    **dict.fromkeys(("AE", "AS", "AT", "CS", "LO", "LT", "SH", "ST", "UC", "UR", "UT"), Kind.TEXT),
}
"""Other VRs cannot be matched."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """The attribute is absent, or has no value."""


@dataclass(frozen=True, slots=True)
class Exactly:
    """A text, or a number as text."""

    text: str


@dataclass(frozen=True, slots=True)
class Like:
    """A text with wildcards; `*` stands for any characters, `?` for one."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number, however it is written."""

    number: float


@dataclass(frozen=True, slots=True)
class Between:
    """From `first` to everything that `last` covers; an open end is empty. Digits only."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Name:
    """Folded component groups; one alone may be any group, of several each is its own."""

    groups: tuple["Exactly | Like | None", ...]


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words, folded, each of which begins a word of the name (PS3.18 8.3.4.2)."""

    words: tuple[str, ...]


Wanted: TypeAlias = Nothing | Exactly | Like | Number | Between | Name | NameWords


@dataclass(frozen=True, slots=True)
class AskedKey:
    """A key that narrows; any of `wanted` satisfies it."""

    tag: int
    vr: str
    kind: Kind
    path: tuple[int, ...]
    wanted: tuple[Wanted, ...]


def read_key(key: MatchKey, *, fuzzy: bool) -> AskedKey | None:
    """Read a key; None when it matches everything.

    Raises:
        InvalidMatchKey: a value is none of its VR, or the VR cannot be matched.
    """
    values = [value.strip(" \0") for value in key.values]
    if not any(values) or key.vr == "SQ":
        return None
    kind = KIND_OF_VR.get(key.vr)
    if kind is None:
        raise InvalidMatchKey(f"has VR {key.vr}, which cannot be matched", key.tag)
    wanted = []
    for value in values:
        one = _read_value(value, key, kind, fuzzy=fuzzy) if value else None
        if value and one is None:
            return None
        if one is not None:
            wanted.append(one)
    return AskedKey(key.tag, key.vr, kind, key.path, tuple(wanted))


def _read_value(value: str, key: MatchKey, kind: Kind, *, fuzzy: bool) -> Wanted | None:
    if value == EMPTY_VALUE:
        return Nothing()
    if not value.strip("*"):
        return None
    match kind:
        case Kind.NUMBER:
            return Number(_number(value, key.tag))
        case Kind.MOMENT:
            return _between(value, key)
        case Kind.NAME:
            return _name_words(value) if fuzzy else _name(value)
        case _:
            return _text(value)


def _text(value: str) -> Exactly | Like | None:
    if not value.strip("*"):
        return None
    return Like(re.sub(r"\*+", "*", value)) if _WILDCARDS & set(value) else Exactly(value)


def _number(value: str, tag: int) -> float:
    try:
        number = float(value)
    except ValueError:
        raise InvalidMatchKey("is not a number", tag) from None
    if number - number != 0:
        raise InvalidMatchKey("is not a finite number", tag)
    return number


def _between(value: str, key: MatchKey) -> Between | None:
    plain = re.sub(_OFFSET, "", value) if key.vr == "DT" else value
    first, dash, last = plain.partition("-")
    ends = [_digits(end, key) for end in (first, last if dash else first)]
    return Between(*ends) if any(ends) else None


def _digits(end: str, key: MatchKey) -> str:
    """Write one end of a range without punctuation."""
    digits = end.strip().translate(dict.fromkeys(map(ord, _PUNCTUATION[key.vr])))
    if digits and not _PARTS_OF_DATES[key.vr].fullmatch(digits):
        raise InvalidMatchKey(f"is not a value of VR {key.vr}, nor a range", key.tag)
    return digits


def _name(value: str) -> Name | None:
    groups = tuple(
        _text(folded) if (folded := fold_name_group(group)) else None
        for group in value.split("=")[:3]
    )
    return Name(groups) if any(groups) else None


def _name_words(value: str) -> NameWords | None:
    words = tuple(filter(None, _BETWEEN_WORDS.split(fold(value))))
    return NameWords(words) if words else None


def moment_digits(text: str, vr: str) -> str:
    """Write a stored DA, TM or DT as digits that sort; empty where it has none."""
    plain = re.sub(_OFFSET, "", text) if vr == "DT" else text
    digits = re.sub(r"[^0-9]", "", plain)
    whole = {"DA": 8, "TM": 6, "DT": 14}[vr]
    return digits.ljust(whole, "0") if digits else ""
