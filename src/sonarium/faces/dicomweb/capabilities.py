"""Retrieve Capabilities (PS3.18 8.9): what these services can do, as a WADL document."""

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import quoteattr

from litestar import HttpMethod, Response, route

from sonarium.faces.dicomweb.answers import HTTPRequest
from sonarium.faces.dicomweb.media_types import (
    DICOM,
    DICOM_JSON,
    DICOM_XML,
    OCTET_STREAM,
    ZIP,
)
from sonarium.faces.dicomweb.urls import base_of

_SEARCH: Final = (DICOM_JSON, f"multipart/related; type={DICOM_XML}")
_OBJECTS: Final = (f"multipart/related; type={DICOM}", ZIP)
_PICTURES: Final = ("image/jpeg", "image/png", "image/gif")
_INSTANCE: Final = "studies/{study}/series/{series}/instances/{instance}"

RESOURCES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "studies": {"GET": _SEARCH, "POST": (DICOM_JSON, DICOM_XML)},
    "series": {"GET": _SEARCH},
    "instances": {"GET": _SEARCH},
    "studies/{study}": {"GET": _OBJECTS, "POST": (DICOM_JSON, DICOM_XML)},
    "studies/{study}/series": {"GET": _SEARCH},
    "studies/{study}/instances": {"GET": _SEARCH},
    "studies/{study}/metadata": {"GET": _SEARCH},
    "studies/{study}/rendered": {"GET": _PICTURES},
    "studies/{study}/thumbnail": {"GET": _PICTURES[:1]},
    "studies/{study}/series/{series}": {"GET": _OBJECTS},
    "studies/{study}/series/{series}/instances": {"GET": _SEARCH},
    "studies/{study}/series/{series}/metadata": {"GET": _SEARCH},
    "studies/{study}/series/{series}/rendered": {"GET": _PICTURES},
    "studies/{study}/series/{series}/thumbnail": {"GET": _PICTURES[:1]},
    _INSTANCE: {"GET": (*_OBJECTS, DICOM)},
    f"{_INSTANCE}/metadata": {"GET": _SEARCH},
    f"{_INSTANCE}/rendered": {"GET": (*_PICTURES, "video/mp4")},
    f"{_INSTANCE}/thumbnail": {"GET": _PICTURES[:1]},
    f"{_INSTANCE}/frames/{{frames}}": {
        "GET": ("multipart/related; type=image/*", f"multipart/related; type={OCTET_STREAM}")
    },
    f"{_INSTANCE}/frames/{{frames}}/rendered": {"GET": _PICTURES},
    f"{_INSTANCE}/frames/{{frames}}/thumbnail": {"GET": _PICTURES[:1]},
    f"{_INSTANCE}/bulkdata/{{path}}": {"GET": (OCTET_STREAM,)},
    "wado": {"GET": (DICOM, *_PICTURES)},
}
"""Every resource, its methods, and the media types that it answers with."""


@route(["/", "/studies"], http_method=[HttpMethod.OPTIONS])
async def show_capabilities(request: HTTPRequest) -> Response[bytes]:
    """Describe every resource."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<application xmlns="http://wadl.dev.java.net/2009/02">',
        f"  <resources base={quoteattr(base_of(request))}>",
    ]
    for path, methods in RESOURCES.items():
        lines.append(f"    <resource path={quoteattr(path)}>")
        for method, media_types in methods.items():
            lines.append(f"      <method name={quoteattr(method)}><response>")
            lines += [
                f"        <representation mediaType={quoteattr(kind)}/>" for kind in media_types
            ]
            lines.append("      </response></method>")
        lines.append("    </resource>")
    lines += ["  </resources>", "</application>"]
    return Response("\n".join(lines).encode(), media_type="application/vnd.sun.wadl+xml")
