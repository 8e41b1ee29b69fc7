"""What the path of a request names, and the address under which we are reached."""

import re
from typing import Final

from sonarium.base.identifiers import is_usable_uid
from sonarium.domain.selection import Selection
from sonarium.faces.dicomweb.answers import HTTPRequest
from sonarium.services.retrieve import NotHere

ROOT = "/dicom-web"
_NAMES_A_PORT: Final = re.compile(r":\d+$")
_PORTS: Final = {"http": 80, "https": 443}


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
    """Return the address of our services as this caller sees it; the guard vouches for Host.

    A Host without a port means the port of the scheme (RFC 9110 7.2), yet some clients
    (dicomweb-client) leave out the port that they have reached. The guard lets only names of
    this machine through, where the port we listen at is right in either case.
    """
    host = request.headers["host"]
    server = request.scope.get("server")
    port = server[1] if server is not None else None
    if not _NAMES_A_PORT.search(host) and port not in {None, _PORTS.get(request.url.scheme)}:
        host = f"{host}:{port}"
    return f"{request.url.scheme}://{host}{ROOT}"
