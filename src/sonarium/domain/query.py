"""What is asked of the index, before anybody knows how it will be found."""

from dataclasses import dataclass, field
from enum import StrEnum


class QueryLevel(StrEnum):
    """Query/Retrieve Level (0008,0052), PS3.4 C.6."""

    PATIENT = "PATIENT"
    STUDY = "STUDY"
    SERIES = "SERIES"
    IMAGE = "IMAGE"


@dataclass(frozen=True, slots=True)
class MatchKey:
    """One matching key: how it matches follows from its VR (PS3.4 C.2.2.2).

    An empty `values` is universal matching: return the attribute, match all.
    Several values are a UID list, or multiple value matching. The value `""` (two quotation
    marks) is empty value matching.
    """

    tag: int
    vr: str
    values: tuple[str, ...] = ()
    path: tuple[int, ...] = ()
    """The sequences around the key, outermost first: empty for most keys. Keys with the same
    path must match within one item (PS3.4 C.2.2.2.6)."""


@dataclass(frozen=True, slots=True)
class Query:
    """A C-FIND or QIDO-RS search, already validated.

    `level` is what one answer describes. `returned` lists further tags to
    answer with; `all_attributes` asks for every attribute of that level.
    """

    level: QueryLevel
    keys: tuple[MatchKey, ...] = ()
    returned: frozenset[int] = field(default_factory=frozenset)
    all_attributes: bool = False
    fuzzy_person_names: bool = False
    combined_date_time: bool = False
    offset: int = 0
    limit: int | None = None
