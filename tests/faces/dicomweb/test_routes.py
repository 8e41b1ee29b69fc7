"""Every DICOMweb route, in one place."""

from litestar import Router

from sonarium.faces.dicomweb.capabilities import RESOURCES
from sonarium.faces.dicomweb.routes import dicomweb_routes


def served() -> set[tuple[str, str]]:
    router: Router = dicomweb_routes()
    found = set()
    for route in router.routes:
        path = route.path_format.removeprefix("/dicom-web").strip("/")
        found |= {(path, str(method)) for method in getattr(route, "methods", ())}
    return found


def test_the_capabilities_name_every_route_and_no_other() -> None:
    described = {(path, method) for path, methods in RESOURCES.items() for method in methods}
    implied = {"HEAD", "OPTIONS"}
    assert {one for one in served() if one[1] not in implied} == described
