"""Attribute matching (PS3.4 C.2.2.2) as SQL conditions, on columns and on JSON."""

from collections.abc import Iterable, Sequence
from typing import Final, assert_never

from psycopg.sql import SQL, Composable, Identifier, Literal

from sonarium.domain.attributes import tag_key
from sonarium.index.asked import (
    ENDLESS,
    AskedKey,
    Between,
    Exactly,
    Kind,
    Like,
    Name,
    NameWords,
    Nothing,
    Number,
    Wanted,
)

_TRUE: Final = SQL("true")
_SPECIAL: Final = str.maketrans({c: "\\" + c for c in r".^$*+?()[]{}|\-"})


def column_condition(columns: Sequence[Composable], key: AskedKey, kind: Kind) -> Composable:
    """Return when a column satisfies a key; the three of a name together."""
    uids = [wanted.text for wanted in key.wanted if isinstance(wanted, Exactly)]
    if kind is Kind.UID and len(uids) == len(key.wanted):
        return SQL("{} = ANY({})").format(columns[0], Literal(uids))
    return any_of(_column(columns, wanted, kind) for wanted in key.wanted)


def _column(columns: Sequence[Composable], wanted: Wanted, kind: Kind) -> Composable:
    column = columns[0]
    match wanted:
        case Nothing():
            empty = {Kind.LIST: SQL("{} = '{{}}'"), Kind.NUMBER: SQL("{} IS NULL")}
            return all_of(empty.get(kind, SQL("{} = ''")).format(each) for each in columns)
        case Exactly() | Like() if kind is Kind.LIST:
            return _in_list(column, wanted)
        case Exactly() | Like():
            return _text(column, wanted)
        case Number(number):
            return SQL("{} = {}").format(column, Literal(number))
        case Between():
            return SQL("({} <> '' AND {})").format(column, _between(column, wanted))
        case Name(groups):
            return _name(columns, groups)
        case NameWords(words):
            return all_of(
                any_of(SQL("{} ~ {}").format(each, Literal(word_pattern(w))) for each in columns)
                for w in words
            )
        case _:
            assert_never(wanted)


def names_condition(names: Composable, key: AskedKey) -> Composable:
    """Return when one of the folded names of a tag, in a column `names`, satisfies a key."""
    values = SQL("coalesce({}->{}, '[]')").format(names, Literal(tag_key(key.tag)))
    groups = [SQL("(one->>{})").format(Literal(at)) for at in range(3)]
    return any_of(
        SQL("{} = '[]'").format(values)
        if isinstance(wanted, Nothing)
        else SQL("EXISTS (SELECT FROM jsonb_array_elements({}) AS one WHERE {})").format(
            values, _column(groups, wanted, Kind.NAME)
        )
        for wanted in key.wanted
    )


def _name(columns: Sequence[Composable], groups: Sequence[Exactly | Like | None]) -> Composable:
    """Match one group against all, several each against its own."""
    if len(groups) == 1 and groups[0] is not None:
        return any_of(_text(column, groups[0]) for column in columns)
    return all_of(
        _text(column, group)
        for column, group in zip(columns, groups, strict=False)
        if group is not None
    )


def combined_range(
    date: Composable, time: Composable, dates: Between, times: Between
) -> Composable:
    """Combined date-time matching: one range over date and time together (PS3.4 C.2.2.2.5)."""
    parts: list[Composable] = [SQL("{} <> ''").format(date)]
    if dates.first:
        moment = Literal(dates.first + times.first)
        parts.append(SQL("{} >= {}").format(date, Literal(dates.first)))
        parts.append(SQL("{} || {} >= {}").format(date, time, moment))
    if dates.last:
        moment = Literal(dates.last + times.last + ENDLESS)
        parts.append(SQL("{} <= {}").format(date, Literal(dates.last + ENDLESS)))
        parts.append(SQL("{} || {} <= {}").format(date, time, moment))
    return all_of(parts)


def json_condition(attributes: Composable, keys: Sequence[AskedKey], depth: int = 0) -> Composable:
    """Return when a data set, as JSON, satisfies keys; those of a sequence within one item."""
    here = [key for key in keys if len(key.path) == depth]
    parts = [_json_value(attributes, key) for key in here]
    for sequence in dict.fromkeys(key.path[depth] for key in keys if len(key.path) > depth):
        inside = [k for k in keys if len(k.path) > depth and k.path[depth] == sequence]
        item = Identifier(f"item{depth}")
        parts.append(
            SQL("EXISTS (SELECT FROM jsonb_array_elements({}->{}->'Value') AS {} WHERE {})").format(
                attributes,
                Literal(tag_key(sequence)),
                item,
                json_condition(item, inside, depth + 1),
            )
        )
    return all_of(parts)


def _json_value(attributes: Composable, key: AskedKey) -> Composable:
    values = SQL("{}->{}->'Value'").format(attributes, Literal(tag_key(key.tag)))
    return any_of(_json_wanted(values, wanted, key) for wanted in key.wanted)


def _json_wanted(values: Composable, wanted: Wanted, key: AskedKey) -> Composable:
    match wanted:
        case Nothing():
            return SQL("coalesce({}, '[]') <@ '[null, \"\"]'").format(values)
        case Number(number):
            whole = int(number) if number == int(number) else number
            return SQL("{} @> {}::jsonb").format(values, Literal(repr(whole)))
        case Between():
            return _one_of(values, _between(_moment(_ONE, key.vr), wanted))
        case Exactly() | Like():
            return _one_of(values, _text(_ONE, wanted))
        case Name() | NameWords():
            raise NotImplementedError("names in JSON are not folded, and compared in Python")
        case _:
            assert_never(wanted)


_ONE: Final = Identifier("one")


def _one_of(values: Composable, satisfied: Composable) -> Composable:
    """Return when one of the values, called `one`, satisfies a condition."""
    return SQL("EXISTS (SELECT FROM jsonb_array_elements_text({}) AS one WHERE {})").format(
        values, satisfied
    )


def _moment(one: Composable, vr: str) -> Composable:
    """Write a DA, TM or DT as digits that sort; NULL where there are none."""
    whole = Literal({"DA": 8, "TM": 6, "DT": 14}[vr])
    plain = SQL("regexp_replace({}, '[+-](0[0-9]|1[0-4])[0-9][0-9]$', '')").format(one)
    digits = SQL("nullif(regexp_replace({}, '[^0-9]', '', 'g'), '')").format(
        plain if vr == "DT" else one
    )
    return SQL("rpad({}, greatest({}, length({})), '0')").format(digits, whole, digits)


def _between(column: Composable, wanted: Between) -> Composable:
    collated = SQL('{} COLLATE "C"').format(column)
    parts: list[Composable] = []
    if wanted.first:
        parts.append(SQL("{} >= {}").format(collated, Literal(wanted.first)))
    if wanted.last:
        parts.append(SQL("{} <= {}").format(collated, Literal(wanted.last + ENDLESS)))
    return all_of(parts)


def _in_list(column: Composable, wanted: Exactly | Like) -> Composable:
    if isinstance(wanted, Exactly):
        return SQL("{} @> {}::text[]").format(column, Literal([wanted.text]))
    return SQL("EXISTS (SELECT FROM unnest({}) AS one WHERE {})").format(
        column, _text(_ONE, wanted)
    )


def _text(column: Composable, wanted: Exactly | Like) -> Composable:
    if isinstance(wanted, Exactly):
        return SQL("{} = {}").format(column, Literal(wanted.text))
    return SQL("{} LIKE {}").format(column, Literal(like_pattern(wanted.pattern)))


def like_pattern(pattern: str) -> str:
    """Turn DICOM wildcards into those of LIKE."""
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")


def word_pattern(word: str) -> str:
    """Return a regular expression for a word at the beginning of a word of a name."""
    return rf"(^|[ ^-]){word.translate(_SPECIAL)}"


def any_of(conditions: Iterable[Composable]) -> Composable:
    """Join conditions of which one must hold."""
    parts = list(conditions)
    return parts[0] if len(parts) == 1 else SQL("({})").format(SQL(" OR ").join(parts))


def all_of(conditions: Iterable[Composable]) -> Composable:
    """Join conditions that must all hold; none at all hold."""
    parts = list(conditions)
    if len(parts) < 2:
        return parts[0] if parts else _TRUE
    return SQL("({})").format(SQL(" AND ").join(parts))
