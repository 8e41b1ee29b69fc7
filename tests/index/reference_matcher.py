"""Attribute matching (PS3.4 C.2.2.2), written as plainly as possible, to compare with.

Shares no code with the index: no columns, no SQL, no regular expressions for wildcards.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from sonarium.domain.attributes import Attributes, JSONValue
from sonarium.domain.query import MatchKey, Query, QueryLevel
from sonarium.index.ingest import NewInstance

NUMBERS = ("IS", "DS", "US", "UL", "SS", "SL", "FL", "FD")


class Archive:
    """All instances, in the order they came."""

    def __init__(self, instances: Sequence[NewInstance], level_of: dict[int, QueryLevel]) -> None:
        self.instances = instances
        self.level_of = level_of

    def expected(self, query: Query) -> set[str]:
        """Return the unique keys of all matches."""
        answers = set()
        for candidate in self._candidates(query.level):
            if all(self._satisfied(candidate, level, query) for level in QueryLevel):
                answers.add(self._unique(candidate[0], query.level))
        return answers

    def _candidates(self, level: QueryLevel) -> Iterable[list[NewInstance]]:
        groups: dict[str, list[NewInstance]] = {}
        for one in self.instances:
            groups.setdefault(self._unique(one, level), []).append(one)
        return groups.values()

    def _unique(self, one: NewInstance, level: QueryLevel) -> str:
        match level:
            case QueryLevel.PATIENT:
                return text(one.patient, "00100020") or f"nobody of {one.study_instance_uid}"
            case QueryLevel.STUDY:
                return one.study_instance_uid
            case QueryLevel.SERIES:
                return one.series_instance_uid
            case QueryLevel.IMAGE:
                return one.sop_instance_uid

    def _satisfied(self, group: list[NewInstance], level: QueryLevel, query: Query) -> bool:
        """Tell whether something of a level in a group satisfies all keys of that level."""
        keys = [key for key in query.keys if self.level_of[(key.path or (key.tag,))[0]] is level]
        if not keys:
            return True
        if level is QueryLevel.PATIENT:
            latest = max(group, key=lambda one: (moment(one), self.instances.index(one)))
            return matches(latest.patient, keys, query)
        return any(matches(self._attributes(one, level), keys, query) for one in group)

    def _attributes(self, one: NewInstance, level: QueryLevel) -> Attributes:
        study = [x for x in self.instances if x.study_instance_uid == one.study_instance_uid]
        series = [x for x in study if x.series_instance_uid == one.series_instance_uid]
        match level:
            case QueryLevel.STUDY:
                return {
                    **one.study,
                    "0020000D": uid(one.study_instance_uid),
                    "00080061": values(*sorted({text(x.series, "00080060") for x in study})),
                    "00080062": values(*sorted({x.sop_class_uid for x in study})),
                    "00201206": values(len({x.series_instance_uid for x in study})),
                    "00201208": values(len(study)),
                }
            case QueryLevel.SERIES:
                related = {"00201209": values(len(series))}
                return {**one.series, "0020000E": uid(one.series_instance_uid), **related}
            case _:
                return {**one.instance, "00080018": uid(one.sop_instance_uid)}


def moment(one: NewInstance) -> tuple[str, str]:
    return text(one.study, "00080020"), text(one.study, "00080030")


def uid(of: str) -> dict[str, JSONValue]:
    return values(of)


def values(*of: JSONValue) -> dict[str, JSONValue]:
    return {"vr": "", "Value": [v for v in of if v != ""]}


def text(attributes: Attributes, tag: str) -> str:
    found = all_values(attributes, tag)
    return str(found[0]) if found else ""


def all_values(attributes: Attributes, tag: str) -> list[JSONValue]:
    element = attributes.get(tag, {})
    found = element.get("Value", [])
    assert isinstance(found, list)
    return found


def matches(attributes: Attributes, keys: Sequence[MatchKey], query: Query) -> bool:
    plain = [key for key in keys if not key.path]
    dates = [key for key in plain if key.tag == 0x00080020 and len(key.values) == 1]
    times = [key for key in plain if key.tag == 0x00080030 and len(key.values) == 1]
    if query.combined_date_time and dates and times:
        plain = [key for key in plain if key not in (dates[0], times[0])]
        if not combined(attributes, dates[0].values[0], times[0].values[0]):
            return False
    if not all(satisfies(attributes, key, query) for key in plain):
        return False
    for sequence in {key.path[0] for key in keys if key.path}:
        inside = [
            MatchKey(key.tag, key.vr, key.values, key.path[1:])
            for key in keys
            if key.path and key.path[0] == sequence
        ]
        items = all_values(attributes, f"{sequence:08X}")
        wanted = [key for key in inside if any(map(str.strip, key.values))]
        if wanted and not any(
            isinstance(item, dict) and matches(item, inside, query)  # type: ignore[arg-type]  # an item is a data set
            for item in items
        ):
            return False
    return True


def satisfies(attributes: Attributes, key: MatchKey, query: Query) -> bool:
    if not any(value.strip() for value in key.values):
        return True
    stored = all_values(attributes, f"{key.tag:08X}")
    return any(
        one_satisfies(stored, asked.strip(), key.vr, query) for asked in key.values if asked.strip()
    )


def one_satisfies(stored: list[JSONValue], asked: str, vr: str, query: Query) -> bool:
    if set(asked) == {"*"}:
        return True
    if asked == '""':
        return not stored
    if vr == "PN":
        if not plain(asked).strip("^=*? " if query.fuzzy_person_names else "^= "):
            return True
        return any(name_matches(value, asked, fuzzy=query.fuzzy_person_names) for value in stored)
    if vr in NUMBERS:
        return any(float(str(value)) == float(asked) for value in stored)
    if vr in ("DA", "TM"):
        return any(in_range(str(value), asked) for value in stored)
    return any(wild(str(value), asked) for value in stored)


def in_range(stored: str, asked: str) -> bool:
    """Compare digit by digit, as far as the asked end goes."""
    have = digits(stored)
    first, dash, last = asked.partition("-")
    first, last = digits(first), digits(last if dash else first)
    padded = have.ljust(14, "0")
    return padded >= first.ljust(14, "0") and padded[: len(last)] <= last


def combined(attributes: Attributes, dates: str, times: str) -> bool:
    have = digits(text(attributes, "00080020")) + digits(text(attributes, "00080030"))
    if not text(attributes, "00080020"):
        return False
    first_date, dash, last_date = dates.partition("-")
    first_time, time_dash, last_time = times.partition("-")
    last_date = last_date if dash else first_date
    last_time = last_time if time_dash else first_time
    if first_date and have < digits(first_date) + digits(first_time):
        return False
    last = digits(last_date) + digits(last_time)
    return not last_date or have[: len(last)] <= last


def digits(of: str) -> str:
    return "".join(c for c in of if c.isdigit())


def wild(stored: str, asked: str) -> bool:
    """Match `*` and `?` by dynamic programming."""
    row = [True] + [False] * len(stored)
    for char in asked:
        if char == "*":
            for at in range(1, len(row)):
                row[at] = row[at] or row[at - 1]
        else:
            row = [False] + [row[at] and (char in ("?", stored[at])) for at in range(len(stored))]
    return row[-1]


def plain(of: str) -> str:
    spread = unicodedata.normalize("NFKD", of)
    return "".join(c for c in spread if not unicodedata.combining(c)).casefold()


def groups_of(value: JSONValue) -> list[str]:
    assert isinstance(value, dict)
    named = [str(value.get(g, "")) for g in ("Alphabetic", "Ideographic", "Phonetic")]
    return [plain(group).rstrip("^ ") for group in named]


def name_matches(value: JSONValue, asked: str, *, fuzzy: bool) -> bool:
    stored = groups_of(value)
    if fuzzy:
        words = plain(asked)
        for between in "^=*?":
            words = words.replace(between, " ")
        begun = {
            word[:length]
            for group in stored
            for word in split(group)
            for length in range(1, len(word) + 1)
        }
        return all(word in begun for word in words.split())
    wanted = [plain(group).rstrip("^ ") for group in asked.split("=")]
    if len(wanted) == 1:
        return any(wild(group, wanted[0]) for group in stored)
    return all(
        wild(have, want) for have, want in zip(stored, wanted, strict=False) if want.strip("*")
    )


def split(group: str) -> list[str]:
    """Return what begins at the start, or behind a space, caret or hyphen."""
    return [group[at:] for at in range(len(group)) if at == 0 or group[at - 1] in " ^-"]
