"""What the path of a request names, and the address under which we are reached."""

from sonarium.base.identifiers import is_usable_uid
from sonarium.domain.selection import Selection
from sonarium.faces.dicomweb.answers import HTTPRequest
from sonarium.services.retrieve import NotHere

ROOT = "/dicom-web"


def named_by(request: HTTPRequest) -> Selection:
    """Return what the path of a request names.

    Raises:
        NotHere: part of it cannot be a UID, so nothing has that name.
    """
    names = [request.path_params.get(part) for part in ("study", "series", "instance")]
    if not all(is_usable_uid(name) for name in names if name is not None):
        raise NotHere("the address holds something that is not a UID")
    study, series, instance = names
    return Selection(str(study), series, instance)


def base_of(request: HTTPRequest) -> str:
    """Return the address of our services as this caller sees it; the guard vouches for Host."""
    return f"{request.url.scheme}://{request.headers['host']}{ROOT}"
