"""What went wrong, as HTTP says it (PS3.18 8.5); one table for every DICOMweb service."""

from collections.abc import Mapping

import orjson
from litestar import Request, Response
from litestar.datastructures import State

from sonarium.base.errors import PeerError, RequestError, SonariumError, UnavailableError
from sonarium.base.log import get_logger
from sonarium.dicom.pixels.errors import PixelError, TranscodeRefused
from sonarium.services.query import QueryTimedOut, TooManyMatches
from sonarium.services.retrieve import NotHere, StoredDamaged

log = get_logger(__name__)

PROBLEM = "application/problem+json"


class NotAcceptable(RequestError):
    """Nothing that the caller accepts can be made of what is stored."""


class UnsupportedMediaType(RequestError):
    """The body is of a type that we do not take."""


class RangeNotSatisfiable(RequestError):
    """The range lies outside the object."""


class TooLarge(RequestError):
    """The body, or what would be made of it, is beyond our limits."""


class Conflict(RequestError):
    """Nothing of the body could be stored."""


STATUS: Mapping[type[SonariumError], int] = {
    NotHere: 404,
    NotAcceptable: 406,
    Conflict: 409,
    TooLarge: 413,
    TooManyMatches: 413,
    UnsupportedMediaType: 415,
    RangeNotSatisfiable: 416,
    TranscodeRefused: 406,
    PixelError: 422,
    PeerError: 400,
    RequestError: 400,
    StoredDamaged: 500,
    QueryTimedOut: 503,
    UnavailableError: 503,
}
"""The most exact class decides."""

_TITLES: Mapping[int, str] = {
    400: "Not a valid request",
    404: "Not found",
    406: "Not acceptable",
    409: "Nothing was stored",
    413: "Too large",
    415: "Unsupported media type",
    416: "Range not satisfiable",
    422: "Cannot be shown",
    500: "Cannot be served",
    503: "Not available now",
}


def status_of(error: SonariumError) -> int:
    """Return the HTTP status of an error."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem(status: int, detail: str) -> Response[bytes]:
    """Write a refusal as a problem document (RFC 9457)."""
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "5"} if status == 503 else {})
    title = _TITLES.get(status, "Refused")
    body = orjson.dumps({"status": status, "title": title, "detail": detail})
    return Response(body, status_code=status, media_type=PROBLEM, headers=headers)


def refuse(_request: Request[object, object, State], error: SonariumError) -> Response[bytes]:
    """Answer an error of ours; our own faults are logged once, here."""
    status = status_of(error)
    if status == 500:
        log.error("request_failed", error_type=type(error).__name__)
    return problem(status, str(error))
