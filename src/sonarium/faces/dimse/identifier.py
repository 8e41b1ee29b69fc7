"""Identifiers of queries and retrievals: from the JSON model to what the services take.

Checks what PS3.4 C.4 and C.5 demand of an identifier before anything is looked up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sonarium.domain.attributes import Attributes, Element, JSONValue, tag_key
from sonarium.domain.query import MatchKey, Query, QueryLevel
from sonarium.domain.retrieval import RetrieveRequest
from sonarium.faces.dimse.errors import InvalidIdentifier
from sonarium.faces.dimse.negotiation import (
    COMBINED_DATE_TIME,
    FUZZY_PERSON_NAMES,
    RELATIONAL,
)
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.faces.dimse.sop_classes import InformationModel
from sonarium.net.association import Association

SPECIFIC_CHARACTER_SET: Final = 0x00080005
QUERY_RETRIEVE_LEVEL: Final = 0x00080052
RETRIEVE_AE_TITLE: Final = 0x00080054
INSTANCE_AVAILABILITY: Final = 0x00080056

UNIQUE_KEYS: Final[Mapping[QueryLevel, int]] = {
    QueryLevel.PATIENT: 0x00100020,
    QueryLevel.STUDY: 0x0020000D,
    QueryLevel.SERIES: 0x0020000E,
    QueryLevel.IMAGE: 0x00080018,
}  # PS3.4 C.6.1.1, C.6.2.1

_NEVER_MATCHED: Final = frozenset(
    {
        SPECIFIC_CHARACTER_SET,
        QUERY_RETRIEVE_LEVEL,
        0x00080053,  # Query/Retrieve View
        0x00080201,  # Timezone Offset From UTC
        RETRIEVE_AE_TITLE,
        INSTANCE_AVAILABILITY,
        0x00080130,  # Storage Media File-Set ID
    }
)
_WILDCARDS: Final = frozenset("*?")


@dataclass(frozen=True, slots=True)
class Extensions:
    """What extended negotiation agreed for this association (PS3.4 C.5)."""

    relational: bool = False
    combined_date_time: bool = False
    fuzzy_person_names: bool = False


def extensions_of(
    association: Association, sop_class_uid: str, settings: DimseSettings
) -> Extensions:
    """Read what was agreed for a SOP class on this association."""
    agreed = association.extended_negotiation.get(sop_class_uid, b"").ljust(3, b"\0")
    return Extensions(
        relational=settings.relational_by_default or agreed[RELATIONAL] == 1,
        combined_date_time=agreed[COMBINED_DATE_TIME] == 1,
        fuzzy_person_names=agreed[FUZZY_PERSON_NAMES] == 1,
    )


@dataclass(frozen=True, slots=True)
class FindIdentifier:
    """A checked C-FIND identifier."""

    query: Query
    blanks: Attributes
    """Every attribute that was asked for, without value: an answer has all of them."""
    character_set: str
    """Specific Character Set (0008,0005) of the request, its terms parted by backslashes."""
    unsupported: tuple[int, ...]
    """Keys that cannot be matched: PENDING responses then warn (FF01H)."""


def check_bounds(attributes: Attributes, settings: DimseSettings) -> None:
    """Refuse an identifier with more keys or values than we are willing to look at.

    Raises:
        InvalidIdentifier: names no element, the count is what is wrong.
    """
    for count, element in enumerate(_iter_elements(attributes)):
        if count >= settings.maximum_identifier_keys:
            raise InvalidIdentifier(f"more than {settings.maximum_identifier_keys} keys")
        if len(_values_of(element)) > settings.maximum_identifier_values:
            raise InvalidIdentifier(
                f"more than {settings.maximum_identifier_values} values of one key"
            )


def find_identifier(
    attributes: Attributes, model: InformationModel, extensions: Extensions
) -> FindIdentifier:
    """Check and translate the identifier of a C-FIND request (PS3.4 C.4.1.1.3).

    Raises:
        InvalidIdentifier: names the elements that are missing or wrong.
    """
    level = _level_of(attributes, model)
    if not extensions.relational:
        for above in model.levels[: model.levels.index(level)]:
            _single_unique_key(attributes, above)
    keys = []
    blanks: Attributes = {}
    unsupported = []
    for key, element in attributes.items():
        tag = int(key, 16)
        if tag & 0xFFFF == 0:
            continue  # group lengths, retired
        blanks[key] = {"vr": element["vr"]}
        if tag in _NEVER_MATCHED:
            continue
        texts = _texts_of(element)
        if texts is None:
            unsupported.append(tag)
        else:
            keys.append(MatchKey(tag, str(element["vr"]), texts))
    del blanks[tag_key(QUERY_RETRIEVE_LEVEL)]
    blanks.pop(tag_key(SPECIFIC_CHARACTER_SET), None)
    return FindIdentifier(
        query=Query(
            level=level,
            keys=tuple(keys),
            fuzzy_person_names=extensions.fuzzy_person_names,
            combined_date_time=extensions.combined_date_time,
        ),
        blanks=blanks,
        character_set="\\".join(_texts(attributes, SPECIFIC_CHARACTER_SET)),
        unsupported=tuple(unsupported),
    )


def retrieve_identifier(
    attributes: Attributes, model: InformationModel, extensions: Extensions
) -> RetrieveRequest:
    """Check and translate the identifier of a C-MOVE or C-GET request (PS3.4 C.4.2.1.4).

    Anything but unique keys is passed over: senders add what their C-FIND answered.

    Raises:
        InvalidIdentifier: names the elements that are missing or wrong.
    """
    level = _level_of(attributes, model)
    if not extensions.relational:
        for above in model.levels[: model.levels.index(level)]:
            _single_unique_key(attributes, above)
    chosen = _texts(attributes, UNIQUE_KEYS[level])
    if not chosen:
        raise InvalidIdentifier(f"the unique key of level {level} is missing", UNIQUE_KEYS[level])
    if level is QueryLevel.PATIENT and len(chosen) > 1:
        raise InvalidIdentifier("more than one Patient ID", UNIQUE_KEYS[level])
    upto = tuple(QueryLevel)[: tuple(QueryLevel).index(level) + 1]
    uids = {
        above: _unique_uids(attributes, above) for above in upto if above is not QueryLevel.PATIENT
    }
    patient_ids = _texts(attributes, UNIQUE_KEYS[QueryLevel.PATIENT])
    return RetrieveRequest(
        level=level,
        patient_id=patient_ids[0] if patient_ids and QueryLevel.PATIENT in model.levels else None,
        study_instance_uids=uids.get(QueryLevel.STUDY, ()),
        series_instance_uids=uids.get(QueryLevel.SERIES, ()),
        sop_instance_uids=uids.get(QueryLevel.IMAGE, ()),
    )


def _level_of(attributes: Attributes, model: InformationModel) -> QueryLevel:
    texts = _texts(attributes, QUERY_RETRIEVE_LEVEL)
    if not texts:
        raise InvalidIdentifier("Query/Retrieve Level is missing", QUERY_RETRIEVE_LEVEL)
    for level in model.levels:
        if texts == (level.value,):
            return level
    raise InvalidIdentifier(f"not a Query/Retrieve Level of {model.name}", QUERY_RETRIEVE_LEVEL)


def _single_unique_key(attributes: Attributes, level: QueryLevel) -> None:
    """Insist on one plain value of the unique key of a level above (PS3.4 C.4.1.2.2.1)."""
    tag = UNIQUE_KEYS[level]
    texts = _texts(attributes, tag)
    if not texts:
        raise InvalidIdentifier(f"the unique key of level {level} is missing", tag)
    if len(texts) > 1 or (level is not QueryLevel.PATIENT and _WILDCARDS & set(texts[0])):
        raise InvalidIdentifier(f"the unique key of level {level} is not one value", tag)


def _unique_uids(attributes: Attributes, level: QueryLevel) -> tuple[str, ...]:
    tag = UNIQUE_KEYS[level]
    texts = _texts(attributes, tag)
    if any(_WILDCARDS & set(text) for text in texts):
        raise InvalidIdentifier("a unique key of a retrieval has wildcards", tag)
    return texts


def _texts(attributes: Attributes, tag: int) -> tuple[str, ...]:
    element = attributes.get(tag_key(tag))
    texts = None if element is None else _texts_of(element)
    return () if texts is None else tuple(text.strip(" \0") for text in texts if text.strip(" \0"))


def _texts_of(element: Element) -> tuple[str, ...] | None:
    """Write values as DICOM does; None when they cannot be matched as text.

    A sequence in which no key has a value is universal, as is an element without value.
    """
    if element["vr"] == "SQ":
        inner = (it for it in _iter_elements({"": element}) if it["vr"] != "SQ")
        return None if any("InlineBinary" in it or _texts_of(it) for it in inner) else ()
    if "InlineBinary" in element:
        return None
    texts = tuple(_text_of(value) for value in _values_of(element))
    return texts if any(texts) else ()


def _text_of(value: JSONValue) -> str:
    if isinstance(value, dict):  # PN
        groups = (str(value.get(name, "")) for name in ("Alphabetic", "Ideographic", "Phonetic"))
        return "=".join(groups).rstrip("=")
    return "" if value is None else str(value)


def _values_of(element: Element) -> list[JSONValue]:
    values = element.get("Value")
    return values if isinstance(values, list) else []


def _iter_elements(attributes: Mapping[str, object]) -> Iterator[Element]:
    for element in attributes.values():
        if isinstance(element, dict):
            yield element
            if element.get("vr") == "SQ":
                for item in _values_of(element):
                    if isinstance(item, dict):
                        yield from _iter_elements(item)
