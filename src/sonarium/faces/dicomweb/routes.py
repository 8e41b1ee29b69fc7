"""Every DICOMweb route, in one place."""

from litestar import Router

from sonarium.base.errors import PeerError, RequestError, SonariumError, UnavailableError
from sonarium.domain.principal import Permission
from sonarium.faces.dicomweb.capabilities import show_capabilities
from sonarium.faces.dicomweb.errors import refuse
from sonarium.faces.dicomweb.render import (
    render_all,
    render_frames,
    render_instance,
    show_thumbnail,
)
from sonarium.faces.dicomweb.retrieve import (
    retrieve_bulk_data,
    retrieve_frames,
    retrieve_instance,
    retrieve_metadata,
    retrieve_series,
    retrieve_study,
)
from sonarium.faces.dicomweb.search import search_instances, search_series, search_studies
from sonarium.faces.dicomweb.store import store_instances
from sonarium.faces.dicomweb.uri_service import retrieve_by_uri
from sonarium.faces.dicomweb.urls import ROOT
from sonarium.faces.web_access import access


def dicomweb_routes() -> Router:
    """Return the routes under `/dicom-web`."""
    return Router(
        ROOT,
        route_handlers=[
            search_studies,
            search_series,
            search_instances,
            retrieve_study,
            retrieve_series,
            retrieve_instance,
            retrieve_metadata,
            retrieve_frames,
            retrieve_bulk_data,
            render_frames,
            render_instance,
            render_all,
            show_thumbnail,
            store_instances,
            retrieve_by_uri,
            show_capabilities,
        ],
        # Litestar takes the handler of the most exact class, wherever it was declared.
        exception_handlers=dict.fromkeys(
            (SonariumError, PeerError, RequestError, UnavailableError), refuse
        ),
        include_in_schema=False,
        opt=access(Permission.OPEN_STUDIES),
        request_max_body_size=None,
    )
