"""FHIR R4 RESTful API: searching AuditEvent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import QueryParameter

from sonarium.domain.audit import EventID
from sonarium.domain.principal import Permission
from sonarium.faces.fhir.audit_event import Resource, audit_event
from sonarium.faces.web_access import access
from sonarium.services.audit.reading import AuditPlace, AuditReader, AuditSearch

MEDIA_TYPE: Final = "application/fhir+json"
_MOST: Final = 500
_UID_PREFIX: Final = "urn:oid:"
_OWN: Final = frozenset({"_count", "_before", "_format"})


@get("/AuditEvent", summary="Search the audit trail", include_in_schema=False)
async def search_audit_events(
    request: Request[Any, Any, State],
    auditing: NamedDependency[AuditReader],
    source_id: NamedDependency[str],
    count: Annotated[int, QueryParameter(name="_count", ge=1, le=_MOST)] = 100,
    before: Annotated[str | None, QueryParameter(name="_before", max_length=80)] = None,
) -> Response[bytes]:
    """Return a searchset, the latest first.

    Understands `date` (with eq, ge, gt, le, lt), `type`, `outcome`, `address`, `altid`,
    `patient:identifier` and `entity:identifier`; another parameter is refused, as a search
    that leaves out a condition would say too much.
    """
    given = [pair for pair in request.query_params.multi_items() if pair[0] not in _OWN]
    search = AuditSearch()
    for name, value in given:
        search = _narrowed(search, name, value)
    page = await auditing.page(search, before=_place(before), limit=count)
    bundle: Resource = {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": _links(request, given, count, page.next_place),
        "entry": [
            {"resource": audit_event(found, source_id), "search": {"mode": "match"}}
            for found in page.records
        ],
    }
    if not page.records:
        del bundle["entry"]
    return Response(
        msgspec.json.encode(bundle), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"}
    )


def fhir_routes() -> Router:
    """Return every FHIR route."""
    return Router("/fhir", route_handlers=[search_audit_events], opt=access(Permission.READ_AUDIT))


def _narrowed(search: AuditSearch, name: str, value: str) -> AuditSearch:
    """Add one condition (FHIR R4, AuditEvent, search parameters)."""
    code = value.rpartition("|")[2]
    match name:
        case "date":
            return _dated(search, value)
        case "type":
            return replace(search, events=_event_ids(value))
        case "outcome" if code != "0":
            return replace(search, refused=True)
        case "address":
            return replace(search, address=value)
        case "altid":
            return replace(search, actor=code)
        case "patient:identifier":
            return replace(search, patient=code)
        case "entity:identifier":
            return replace(search, study=code.removeprefix(_UID_PREFIX))
        case _:
            raise _refused(f"the parameter {name[:64]!r} is not known here")


def _event_ids(value: str) -> Sequence[EventID]:
    try:
        return [EventID(one.rpartition("|")[2]) for one in value.split(",")]
    except ValueError:
        raise _refused("a type is a code of PS3.16 CID 400") from None


def _dated(search: AuditSearch, value: str) -> AuditSearch:
    prefix, text = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _refused("a date is YYYY-MM-DD, or a time with its offset from UTC") from None
    is_day = len(text) == len("YYYY-MM-DD")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    after = moment + (timedelta(days=1) if is_day else timedelta(microseconds=1))
    match prefix:
        case "eq":
            return replace(search, since=moment, until=after)
        case "ge":
            return replace(search, since=moment)
        case "gt":
            return replace(search, since=after)
        case "lt":
            return replace(search, until=moment)
        case "le":
            return replace(search, until=after)
        case _:
            raise _refused("a date begins with eq, ge, gt, le or lt, or with nothing")


def _links(
    request: Request[Any, Any, State],
    given: Sequence[tuple[str, str]],
    count: int,
    following: AuditPlace | None,
) -> list[Resource]:
    own = f"{request.base_url}fhir/AuditEvent"
    asked = [*given, ("_count", str(count))]
    links: list[Resource] = [{"relation": "self", "url": f"{own}?{urlencode(asked)}"}]
    if following is not None:
        place = ("_before", f"{following.at.isoformat()}~{following.record_ref}")
        links.append({"relation": "next", "url": f"{own}?{urlencode([*asked, place])}"})
    return links


def _place(text: str | None) -> AuditPlace | None:
    if text is None:
        return None
    at, _, record_ref = text.rpartition("~")
    try:
        moment = datetime.fromisoformat(at)
        return AuditPlace(moment.replace(tzinfo=moment.tzinfo or UTC), int(record_ref))
    except ValueError:
        raise _refused("_before is taken from the link `next`") from None


def _refused(why: str) -> HTTPException:
    return HTTPException(status_code=400, detail=why)
