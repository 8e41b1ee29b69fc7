"""Attribute matching (PS3.4 C.2.2.2) in Python, for what SQL cannot compare.

Names in JSON are not folded there, and attributes that no level keeps are found in headers
only. Slow and complete: columns and JSON have narrowed the candidates before.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import assert_never

from sonarium.domain.attributes import JSONValue, tag_key
from sonarium.index.asked import (
    ENDLESS,
    AskedKey,
    Between,
    Exactly,
    Like,
    Name,
    NameWords,
    Nothing,
    Number,
    Wanted,
    moment_digits,
)
from sonarium.index.folding import fold_name_group
from sonarium.index.matching import word_pattern

_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def attributes_match(attributes: object, keys: Sequence[AskedKey], depth: int = 0) -> bool:
    """Tell whether a data set satisfies every key; those of a sequence within one item."""
    if not isinstance(attributes, dict):
        return False
    sequences = dict.fromkeys(key.path[depth] for key in keys if len(key.path) > depth)
    return all(
        _key_matches(_values(attributes, key.tag), key) for key in keys if len(key.path) == depth
    ) and all(
        any(
            attributes_match(
                item,
                [k for k in keys if len(k.path) > depth and k.path[depth] == sequence],
                depth + 1,
            )
            for item in _values(attributes, sequence)
        )
        for sequence in sequences
    )


def _values(attributes: dict[str, object], tag: int) -> list[JSONValue]:
    element = attributes.get(tag_key(tag))
    values = element.get("Value") if isinstance(element, dict) else None
    if not isinstance(values, list):
        return []
    return [value for value in values if value is not None and value != ""]


def _key_matches(values: Sequence[JSONValue], key: AskedKey) -> bool:
    return any(
        not values
        if isinstance(wanted, Nothing)
        else any(_value_matches(value, wanted, key.vr) for value in values)
        for wanted in key.wanted
    )


def _value_matches(value: JSONValue, wanted: Wanted, vr: str) -> bool:
    match wanted:
        case Nothing():
            return False
        case Exactly() | Like():
            return _text_matches(str(value), wanted)
        case Number(number):
            return _is_number(value, number)
        case Between(first, last):
            digits = moment_digits(str(value), vr)
            return bool(digits) and digits >= first and (not last or digits <= last + ENDLESS)
        case Name(groups):
            return _name_matches(_folded_groups(value), groups)
        case NameWords(words):
            stored = _folded_groups(value)
            return all(any(re.search(word_pattern(w), group) for group in stored) for w in words)
        case _:
            assert_never(wanted)


def _is_number(value: JSONValue, number: float) -> bool:
    return isinstance(value, int | float) and value == number


def _folded_groups(value: JSONValue) -> list[str]:
    groups = value if isinstance(value, dict) else {"Alphabetic": value}
    return [fold_name_group(str(groups.get(name) or "")) for name in _GROUPS]


def _name_matches(stored: Sequence[str], groups: Sequence[Exactly | Like | None]) -> bool:
    if len(groups) == 1 and groups[0] is not None:
        only = groups[0]
        return any(_text_matches(group, only) for group in stored)
    return all(
        _text_matches(have, want)
        for have, want in zip(stored, groups, strict=False)
        if want is not None
    )


def _text_matches(text: str, wanted: Exactly | Like) -> bool:
    if isinstance(wanted, Exactly):
        return text == wanted.text
    return _compiled(wanted.pattern).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Turn wildcards into a regular expression that never goes back over a `*`."""
    parts = pattern.split("*")
    first, *rest = ("".join("." if c == "?" else re.escape(c) for c in part) for part in parts)
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1])
    return re.compile(first + middle + (f".*{rest[-1]}" if rest else ""), re.DOTALL)
