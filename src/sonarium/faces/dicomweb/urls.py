"""What the path of a request names, and the address under which we are reached."""

from sonarium.base.identifiers import is_usable_uid
from sonarium.domain.selection import Selection
from sonarium.faces.dicomweb.answers import HTTPRequest
from sonarium.services.retrieve import NotHere

ROOT = "/dicom-web"


def selection_of(study: str, series: str | None = None, instance: str | None = None) -> Selection:
    """Make a selection of path segments.

    Raises:
        NotHere: one of them cannot be a UID, so nothing has that name.
    """
    if not all(is_usable_uid(uid) for uid in (study, series, instance) if uid is not None):
        raise NotHere("the address holds something that is not a UID")
    return Selection(study, series, instance)


def base_of(request: HTTPRequest) -> str:
    """Return the address of our services as this caller sees it; the guard vouches for Host."""
    return f"{request.url.scheme}://{request.headers['host']}{ROOT}"
