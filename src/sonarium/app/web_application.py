"""Joins the faces that speak HTTP into one application."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from litestar import Litestar, Request, Response, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, InternalServerException, ValidationException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import HTTPRoute

from sonarium import __version__
from sonarium.base.errors import RequestError, UnavailableError
from sonarium.base.log import get_logger
from sonarium.faces.fhir.routes import fhir_routes
from sonarium.faces.ui_api.access_routes import access_routes
from sonarium.faces.ui_api.assets import AssetShelf, load_assets, serve_application
from sonarium.faces.ui_api.audit_routes import audit_routes
from sonarium.faces.ui_api.device_routes import device_routes
from sonarium.faces.ui_api.key_routes import key_routes
from sonarium.faces.ui_api.measurement_routes import measurement_routes
from sonarium.faces.ui_api.model import Problem
from sonarium.faces.ui_api.oauth_routes import oauth_routes
from sonarium.faces.ui_api.ohif import serve_ohif
from sonarium.faces.ui_api.passkey_routes import passkey_routes
from sonarium.faces.ui_api.people_routes import people_routes
from sonarium.faces.ui_api.problem import MEDIA_TYPE
from sonarium.faces.ui_api.provider_routes import provider_routes
from sonarium.faces.ui_api.routes import ui_routes
from sonarium.faces.ui_api.session_routes import session_routes
from sonarium.faces.ui_api.sharing_routes import sharing_routes
from sonarium.faces.ui_api.study_mark_routes import study_mark_routes
from sonarium.faces.ui_api.timeline_routes import timeline_routes
from sonarium.faces.ui_api.upkeep_routes import upkeep_routes
from sonarium.faces.ui_api.viewer_routes import viewer_routes
from sonarium.faces.web_access import SIGNED_IN, Guard, access
from sonarium.faces.web_refusals import noting
from sonarium.services.audit.refusals import Refusals

log = get_logger(__name__)

_BODY_FIELD: Final = re.compile(r"(?P<what>.*) - at `\$\.data\.?(?P<field>.*)`")
"""How msgspec says what does not fit, and where."""


def web_application(
    dependencies: Mapping[str, object],
    routers: Sequence[Router],
    guard: Guard,
    refusals: Refusals,
) -> Litestar:
    """Return everything that answers HTTP, not yet guarded against strangers.

    Args:
        dependencies: services by the name under which routes ask for them.
        routers: the DICOMweb routes; the JSON API and the browser application are added here.
        guard: who may use which route.
        refusals: where it is noted that somebody may not.
    """
    shelf = AssetShelf(load_assets())
    application = Litestar(
        route_handlers=[
            *routers,
            ui_routes(),
            measurement_routes(),
            study_mark_routes(),
            timeline_routes(),
            session_routes(),
            passkey_routes(),
            provider_routes(),
            people_routes(),
            oauth_routes(),
            device_routes(),
            access_routes(),
            upkeep_routes(),
            key_routes(),
            audit_routes(),
            fhir_routes(),
            viewer_routes(),
            serve_ohif,
            sharing_routes(),
            serve_application,
        ],
        guards=[guard],
        dependencies={
            name: _given(value) for name, value in {**dependencies, "shelf": shelf}.items()
        },
        openapi_config=openapi_config(),
        exception_handlers={
            HTTPException: _http_problem,
            InternalServerException: _internal_problem,
            RequestError: _request_problem,
            UnavailableError: _unavailable_problem,
            RecursionError: _nesting_problem,
            Exception: _unexpected_problem,
        },
        after_exception=[noting(refusals)],
        logging_config=None,
    )
    _resolve_one_by_one(application)
    return application


def _resolve_one_by_one(application: Litestar) -> None:
    """Let no request open a group of tasks to be given services that have been there all along.

    The framework resolves the dependencies of a route at once, each in a task of its own. Ours
    are values at hand, so that took as long as reading a frame.
    """
    for route in application.routes:
        if isinstance(route, HTTPRoute):
            for _, parameters in route.route_handler_map.values():
                parameters.dependency_batches = [
                    {one} for batch in parameters.dependency_batches for one in batch
                ]


def openapi_config() -> OpenAPIConfig:
    """Describe the JSON API; only the document is served, no page that loads from elsewhere."""
    return OpenAPIConfig(
        title="Sonarium",
        version=__version__,
        openapi_router=Router(
            "/api", route_handlers=[], include_in_schema=False, opt=access(SIGNED_IN)
        ),
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        use_handler_docstrings=True,
    )


def _given(value: object) -> Provide:
    def provide() -> object:
        return value

    return Provide(provide, use_cache=True, sync_to_thread=False)


def _problem(status: int, title: str, detail: str, **headers: str) -> Response[Problem]:
    return Response(
        Problem(status=status, title=title, detail=detail),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **headers},
    )


def _http_problem(
    _request: Request[object, object, State], error: HTTPException
) -> Response[Problem]:
    detail = error.detail
    if isinstance(error, ValidationException):
        wrong = error.extra if isinstance(error.extra, list) else []
        named = "; ".join(f"{it.get('key')}: {it.get('message')}" for it in wrong)
        detail = named or "The request does not fit its description in /api/openapi.json."
    title = type(error).__name__.removesuffix("Exception")
    return _problem(error.status_code, title, detail, **(error.headers or {}))


def _internal_problem(
    request: Request[object, object, State], error: InternalServerException
) -> Response[Problem]:
    """Litestar takes a field of the body for the dependency of the same name, and blames us."""
    cause = error.__cause__
    if isinstance(cause, msgspec.ValidationError) and (found := _BODY_FIELD.match(str(cause))):
        return _problem(400, "Validation", f"{found['field'] or 'data'}: {found['what']}")
    return _unexpected_problem(request, error)


def _request_problem(
    _request: Request[object, object, State], error: RequestError
) -> Response[Problem]:
    return _problem(400, "Cannot be granted", str(error))


def _unavailable_problem(
    _request: Request[object, object, State], error: UnavailableError
) -> Response[Problem]:
    return _problem(503, "Not available now", str(error), **{"Retry-After": "5"})


def _nesting_problem(
    _request: Request[object, object, State], error: RecursionError
) -> Response[Problem]:
    """Nothing of ours recurses but over what a caller has nested: a body of 3 MB of `[`, say."""
    log.warning("request_nested_too_deeply", exc_info=error)
    return _problem(400, "Cannot be granted", "The body is nested too deeply.")


def _unexpected_problem(
    _request: Request[object, object, State], error: Exception
) -> Response[Problem]:
    log.error("request_failed", error_type=type(error).__name__, exc_info=error)
    return _problem(500, "Our mistake", "Something went wrong here; the log says what.")
