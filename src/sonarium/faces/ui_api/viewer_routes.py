"""With which viewers of others a study can be opened."""

from litestar import Router, get
from litestar.di import NamedDependency

from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.ohif import OHIFShelf
from sonarium.faces.ui_api.viewer_model import OtherViewers
from sonarium.faces.web_access import access


@get("/viewers", summary="List the viewers of others", sync_to_thread=False)
def list_viewers(ohif: NamedDependency[OHIFShelf]) -> OtherViewers:
    """Tell which viewers of others are offered here."""
    return OtherViewers(ohif=ohif.is_installed)


def viewer_routes() -> Router:
    """Return the routes about viewers of others."""
    return Router(
        "/api",
        route_handlers=[list_viewers],
        tags=["browser"],
        opt=access(Permission.OPEN_STUDIES),
    )
