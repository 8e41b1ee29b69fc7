"""Attribute matching (PS3.4 C.2.2.2) as SQL conditions."""

from collections.abc import Sequence

from psycopg.sql import SQL, Composable, Composed, Literal

from sonarium.index.columns import Kind
from sonarium.index.folding import fold, fold_name_group

WILDCARDS = frozenset("*?")
_NEVER = SQL("false")
_LAST = "~"
"""Sorts behind every digit: `1200~` is the end of the minute 12:00."""
_SPECIAL = str.maketrans({c: "\\" + c for c in r".^$*+?()[]{}|\\-"})


def condition(
    columns: Sequence[Composable], kind: Kind, values: Sequence[str], *, fuzzy: bool
) -> Composable:
    """Return the condition under which a column (a name: any of three) matches a key."""
    match kind:
        case Kind.UID:
            return _uid(columns[0], values)
        case Kind.LIST:
            return _any_of(_list(columns[0], value) for value in values)
        case Kind.DATE:
            return _any_of(_range(columns[0], value, "") for value in values)
        case Kind.TIME:
            return _any_of(_range(columns[0], value, ":") for value in values)
        case Kind.NAME:
            return _any_of(_name(columns, value, fuzzy=fuzzy) for value in values)
        case Kind.NUMBER:
            return _any_of(_number(columns[0], value) for value in values)
        case Kind.TEXT:
            return _any_of(_text(columns[0], value) for value in values)


def date_time_range(date: Composable, time: Composable, dates: str, times: str) -> Composable:
    """Combined date-time matching: one range over date and time together (PS3.4 C.2.2.2.5.4)."""
    first_date, last_date = bounds(dates, "")
    first_time, last_time = bounds(times, ":")
    both = SQL("({} || {})").format(date, time)
    parts: list[Composable] = [SQL("{} <> ''").format(date)]
    if first_date:
        parts.append(SQL("{} >= {}").format(both, Literal(first_date + first_time)))
    if last_date:
        parts.append(SQL("{} <= {}").format(both, Literal(last_date + last_time + _LAST)))
    return SQL(" AND ").join(parts)


def bounds(value: str, filler: str) -> tuple[str, str]:
    """Split `a-b`, `a-`, `-b` or `a` into its two ends; an open end is empty."""
    plain = value.strip().replace(".", "") if not filler else value.strip().replace(filler, "")
    first, dash, last = plain.partition("-")
    return (first.strip(), last.strip()) if dash else (first, first)


def _any_of(conditions: object) -> Composable:
    parts = list(conditions)  # type: ignore[call-overload]  # a generator of conditions
    return Composed([SQL("("), SQL(" OR ").join(parts), SQL(")")]) if parts else _NEVER


def _uid(column: Composable, values: Sequence[str]) -> Composable:
    # Some senders ask with a wildcard although UIDs have none (PS3.4 C.2.2.2.2).
    if any(WILDCARDS & set(value) for value in values):
        return _any_of(_text(column, value) for value in values)
    return SQL("{} = ANY({})").format(column, Literal(list(values)))


def _list(column: Composable, value: str) -> Composable:
    if WILDCARDS & set(value):
        pattern = Literal(like_pattern(value))
        return SQL("EXISTS (SELECT FROM unnest({}) AS one WHERE one LIKE {})").format(
            column, pattern
        )
    return SQL("{} @> {}").format(column, Literal([value]))


def _range(column: Composable, value: str, filler: str) -> Composable:
    """Match a date, time or date-time: less precise values match all that they cover."""
    first, last = bounds(value, filler)
    parts: list[Composable] = [SQL("{} <> ''").format(column)]
    if first:
        parts.append(SQL("{} >= {}").format(column, Literal(first)))
    if last:
        parts.append(SQL("{} <= {}").format(column, Literal(last + _LAST)))
    return SQL("({})").format(SQL(" AND ").join(parts))


def _number(column: Composable, value: str) -> Composable:
    try:
        number = float(value)
    except ValueError:
        return _NEVER
    return SQL("{} = {}").format(column, Literal(number))


def _text(column: Composable, value: str) -> Composable:
    if WILDCARDS & set(value):
        return SQL("{} LIKE {}").format(column, Literal(like_pattern(value)))
    return SQL("{} = {}").format(column, Literal(value))


def _name(columns: Sequence[Composable], value: str, *, fuzzy: bool) -> Composable:
    """Match a person's name: one group against all groups, several each against its own."""
    groups = [fold_name_group(group) for group in value.split("=")[:3]]
    if fuzzy:
        return SQL(" AND ").join(
            _any_of(SQL("{} ~ {}").format(column, Literal(pattern)) for column in columns)
            for pattern in fuzzy_patterns(value)
        )
    if len(groups) == 1 or len(columns) == 1:
        return _any_of(_text(column, groups[0]) for column in columns)
    parts = [_text(column, group) for column, group in zip(columns, groups, strict=False) if group]
    return SQL("({})").format(SQL(" AND ").join(parts)) if parts else SQL("true")


def fuzzy_patterns(value: str) -> list[str]:
    """Return a regular expression for each word: it begins a word of the name.

    PS3.18 8.3.4.2 asks for word-wise matching and leaves the rest to us.
    """
    words = fold(value.replace("*", " ").replace("?", " ")).replace("=", " ").replace("^", " ")
    return [rf"(^|[ ^-]){word.translate(_SPECIAL)}" for word in words.split()] or [""]


def like_pattern(value: str) -> str:
    """Turn DICOM wildcards into those of LIKE."""
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    while "**" in escaped:
        escaped = escaped.replace("**", "*")
    return escaped.replace("*", "%").replace("?", "_")
