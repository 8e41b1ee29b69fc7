"""QIDO-RS (PS3.18 10.6): query parameters to a query, matches to JSON or XML."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

import orjson
from litestar import get
from litestar.di import NamedDependency

from sonarium.base.errors import RequestError
from sonarium.dicom.dictionary import VR_BY_TAG, tag_of
from sonarium.dicom.xml_model import attributes_to_xml
from sonarium.domain.attributes import Attributes, tag_key
from sonarium.domain.query import MatchKey, Query, QueryLevel
from sonarium.faces.dicomweb.answers import Answer, HTTPRequest, xml_parts
from sonarium.faces.dicomweb.compression import compressed_json
from sonarium.faces.dicomweb.errors import NotAcceptable
from sonarium.faces.dicomweb.media_types import (
    DICOM_JSON,
    DICOM_XML,
    first_taken,
    parse_accept,
)
from sonarium.faces.dicomweb.urls import base_of, named_by
from sonarium.faces.web_access import viewer_of
from sonarium.services.query import QueryService

MOST_RESULTS: Final = 5000
_STUDY_UID, _SERIES_UID, _INSTANCE_UID = 0x0020000D, 0x0020000E, 0x00080018

_STUDY_DEFAULTS: Final = (
    *(0x00080020, 0x00080030, 0x00080050, 0x00080061, 0x00080062, 0x00080090, 0x00100010),
    *(0x00100020, 0x00100021, 0x00100030, 0x00100040, 0x0020000D, 0x00200010, 0x00201206),
    *(0x00201208, 0x00081030),
)
_SERIES_DEFAULTS: Final = (
    *(0x00080060, 0x0008103E, 0x0020000E, 0x00200011, 0x00400244, 0x00400245, 0x00400275),
    *(0x00201209,),
)
_INSTANCE_DEFAULTS: Final = (
    *(0x00080016, 0x00080018, 0x00200013, 0x00280010, 0x00280011, 0x00280100, 0x00280008),
)
DEFAULTS: Final = {
    QueryLevel.STUDY: _STUDY_DEFAULTS,
    QueryLevel.SERIES: (_STUDY_UID, *_SERIES_DEFAULTS),
    QueryLevel.IMAGE: (_STUDY_UID, _SERIES_UID, *_INSTANCE_DEFAULTS),
}
"""Attributes of every answer, where present: PS3.18 Tables 10.6.3-3 to 10.6.3-5."""


class InvalidQuery(RequestError):
    """A query parameter is wrong; the message names it."""


@get("/studies")
async def search_studies(request: HTTPRequest, searching: NamedDependency[QueryService]) -> Answer:
    """Search for studies."""
    return await _search(request, searching, QueryLevel.STUDY)


@get(["/series", "/studies/{study:str}/series"])
async def search_series(request: HTTPRequest, searching: NamedDependency[QueryService]) -> Answer:
    """Search for series, of one study or of all."""
    return await _search(request, searching, QueryLevel.SERIES)


@get(
    [
        "/instances",
        "/studies/{study:str}/instances",
        "/studies/{study:str}/series/{series:str}/instances",
    ]
)
async def search_instances(
    request: HTTPRequest,
    searching: NamedDependency[QueryService],
) -> Answer:
    """Search for instances, of one series, of one study or of all."""
    return await _search(request, searching, QueryLevel.IMAGE)


async def _search(
    request: HTTPRequest,
    service: QueryService,
    level: QueryLevel,
) -> Answer:
    study, series = request.path_params.get("study"), request.path_params.get("series")
    if study is not None:
        named_by(request)
    accept = parse_accept(request.headers.get("accept", ""))
    wants_json = first_taken(accept, [DICOM_JSON, "application/json"]) is not None
    if not wants_json and not any(one.is_multipart and one.takes(DICOM_XML) for one in accept):
        raise NotAcceptable(f'available: {DICOM_JSON}, multipart/related; type="{DICOM_XML}"')
    asked = query_of(request.url.query, level, study, series)
    # One more than wanted tells whether there are more.
    limit = min(asked.limit if asked.limit is not None else MOST_RESULTS, MOST_RESULTS)
    found = await service.find(viewer_of(request), _with_limit(asked, limit + 1))
    has_more = len(found) > limit
    base = base_of(request)
    answers = [_answer(match, level, base) for match in found[:limit]]
    warning = (
        {"Warning": f'299 {request.headers["host"]} "There are more results; use offset."'}
        if has_more
        else {}
    )
    if wants_json:
        return compressed_json(request, orjson.dumps(answers), **warning)
    return await xml_parts(request, [attributes_to_xml(answer) for answer in answers])


def _with_limit(query: Query, limit: int) -> Query:
    return Query(
        level=query.level,
        keys=query.keys,
        returned=query.returned,
        all_attributes=query.all_attributes,
        fuzzy_person_names=query.fuzzy_person_names,
        offset=query.offset,
        limit=limit,
    )


def query_of(
    text: str, level: QueryLevel, study: str | None = None, series: str | None = None
) -> Query:
    """Read the query part of an address.

    Raises:
        InvalidQuery: names the parameter and what is wrong with it.
    """
    keys: dict[tuple[int, ...], MatchKey] = {}
    returned: set[int] = set(DEFAULTS[level])
    limit: int | None = None
    offset, fuzzy, everything = 0, False, False
    for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=1000):
        match name.lower():
            case "limit":
                limit = _number(name, value)
            case "offset":
                offset = _number(name, value)
            case "fuzzymatching":
                fuzzy = _truth(name, value)
            case "includefield":
                fields = [field for field in value.split(",") if field]
                everything = everything or "all" in fields
                returned |= {_path_of(field)[-1] for field in fields if field != "all"}
            case _:
                key = _key(name, value)
                keys[(*key.path, key.tag)] = key
                if not key.path:
                    returned.add(key.tag)
    for tag, uid in ((_STUDY_UID, study), (_SERIES_UID, series)):
        if uid is not None:
            keys[tag,] = MatchKey(tag, "UI", (uid,))
    return Query(
        level=level,
        keys=tuple(keys.values()),
        returned=frozenset(returned),
        all_attributes=everything,
        fuzzy_person_names=fuzzy,
        offset=offset,
        limit=limit,
    )


def _key(name: str, value: str) -> MatchKey:
    *path, tag = _path_of(name)
    vr = VR_BY_TAG[tag]
    separator = "," if vr == "UI" else "\\"
    values = tuple(part for part in value.replace("\\", separator).split(separator) if part)
    return MatchKey(tag, vr, values, tuple(path))


def _path_of(name: str) -> Sequence[int]:
    """Read `PatientName`, `00100010` or a dotted path of them."""
    path = []
    for step in name.split("."):
        is_tag = len(step) == 8 and all(char in "0123456789abcdefABCDEF" for char in step)
        tag = int(step, 16) if is_tag else tag_of(step)
        if tag is None:
            raise InvalidQuery(
                "a parameter is no attribute: name it by keyword, as in PatientName, or by "
                "eight hexadecimal digits, as in 00100010"
            )
        path.append(tag)
    return path


def _number(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise InvalidQuery(f"{name} takes a whole number")
    return int(value)


def _truth(name: str, value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise InvalidQuery(f"{name} takes true or false")
    return value.lower() == "true"


def _answer(match: Attributes, level: QueryLevel, base: str) -> Attributes:
    """Add what every answer has: availability, character set and where to retrieve it."""
    address = f"{base}/studies/{_uid(match, _STUDY_UID)}"
    if level is not QueryLevel.STUDY:
        address += f"/series/{_uid(match, _SERIES_UID)}"
    if level is QueryLevel.IMAGE:
        address += f"/instances/{_uid(match, _INSTANCE_UID)}"
    full: Attributes = {
        **match,
        "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
        "00080056": {"vr": "CS", "Value": ["ONLINE"]},
        "00081190": {"vr": "UR", "Value": [address]},
    }
    return dict(sorted(full.items()))


def _uid(match: Attributes, tag: int) -> str:
    values = match.get(tag_key(tag), {}).get("Value")
    return str(values[0]) if isinstance(values, list) and values else ""
