"""From the attributes of a level to the columns of its row."""

from typing import Final

import orjson

from sonarium.domain.attributes import Attributes, Element, JSONValue
from sonarium.index.folding import fold, fold_name_group

_LONGEST: Final = 256
"""No VR that has a column is longer; PostgreSQL's indexes could not hold what breaks that."""
_NAMES_WITH_COLUMNS: Final = frozenset({"00100010", "00080090"})
_WORD_TAGS: Final = (
    "00100010", "00100020", "00080020", "00080050", "00081030", "00080090", "00200010",
)  # fmt: skip


def text_of(attributes: Attributes, tag: str) -> str:
    """Return the first value as text a column can hold; empty where there is none."""
    value = _first(attributes.get(tag))
    text = value if isinstance(value, str) else "" if value is None else str(value)
    return storable(text.strip())[:_LONGEST]


def number_of(attributes: Attributes, tag: str) -> int | None:
    """Return the first value as a whole number that a column can hold."""
    value = _first(attributes.get(tag))
    try:
        number = int(str(value))
    except (TypeError, ValueError):
        return None
    return small(number)


def small(number: int | None) -> int | None:
    """Return a number only if an integer column can hold it."""
    return number if number is not None and -(2**31) <= number < 2**31 else None


def name_groups(attributes: Attributes, tag: str) -> tuple[str, str, str]:
    """Return the folded alphabetic, ideographic and phonetic groups of a PN."""
    return _folded(_first(attributes.get(tag)))


def names_text(attributes: Attributes) -> str:
    """Write all names that have no column of their own, folded, as JSON."""
    names = {}
    for tag, element in attributes.items():
        values = element.get("Value")
        if (
            element.get("vr") == "PN"
            and tag not in _NAMES_WITH_COLUMNS
            and isinstance(values, list)
        ):
            folded = [_folded(value) for value in values]
            names[tag] = [groups for groups in folded if any(groups)]
    return orjson.dumps(names).decode()


def _folded(value: object) -> tuple[str, str, str]:
    groups = value if isinstance(value, dict) else {}
    alphabetic, ideographic, phonetic = (
        storable(fold_name_group(str(groups.get(part) or "")))[:_LONGEST]
        for part in ("Alphabetic", "Ideographic", "Phonetic")
    )
    return alphabetic, ideographic, phonetic


def words_of(*attributes: Attributes) -> str:
    """Return what the study list's search box looks in, folded; a space before every word."""
    said = []
    for level in attributes:
        for tag in _WORD_TAGS:
            value = _first(level.get(tag))
            if isinstance(value, dict):
                said += [str(group).replace("^", " ") for group in value.values()]
            elif value is not None:
                said.append(str(value))
    return "".join(f" {word}" for word in storable(fold(" ".join(said))).split())[: 8 * _LONGEST]


def json_text(attributes: Attributes) -> str:
    """Write attributes as a jsonb column can hold them."""
    try:
        text = orjson.dumps(attributes).decode()
    except (orjson.JSONEncodeError, TypeError):  # half of a surrogate pair
        text = ""
    if not text or "\\u0000" in text:
        text = orjson.dumps(_scrubbed(attributes)).decode()
    return text


def storable(text: str) -> str:
    """Drop what PostgreSQL's text cannot hold: U+0000, and halves of surrogate pairs."""
    if "\0" in text:
        text = text.replace("\0", "")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text


def _scrubbed(value: object) -> JSONValue:
    match value:
        case str():
            return storable(value)
        case list():
            return [_scrubbed(part) for part in value]
        case dict():
            return {str(key): _scrubbed(part) for key, part in value.items()}
        case int() | float() | None:
            return value
        case _:
            raise TypeError("not a value of the DICOM JSON Model")


def _first(element: Element | None) -> object:
    values = element.get("Value") if element else None
    return values[0] if isinstance(values, list) and values else None
