"""The OHIF viewer, where it is installed: its files, its configuration and its own policy.

It runs on our origin with the cookie of whoever is signed in, so it may do what they may; its
policy lets it talk to DICOMweb alone, and to nothing else of ours or anybody's.
"""

import asyncio
import json
import mimetypes
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from sonarium.domain.principal import Permission
from sonarium.faces.web_access import ANYONE, access, principal_in

OHIF_PATH: Final = "/ohif"
COMPRESSED_SUFFIX: Final = ".zst"
_DICOMWEB: Final = "/dicom-web"
_PAGE: Final = "index.html"
_CONFIGURATION: Final = "app-config.js"
_HASHED: Final = re.compile(r"(^|\.)[0-9a-f]{20}\.")
_INLINE: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)

OurRequest = Request[Any, Any, State]

CONFIGURATION: Final = {
    "routerBasename": OHIF_PATH,
    "extensions": [],
    "modes": [],
    "customizationService": {},
    "showStudyList": True,
    "showWarningMessageForCrossOrigin": False,
    "showCPUFallbackMessage": True,
    "showLoadingIndicator": True,
    "strictZSpacingForVolumeViewport": True,
    "maxNumberOfWebWorkers": 3,
    "maxNumRequests": {"interaction": 100, "thumbnail": 5, "prefetch": 25},
    "defaultDataSourceName": "sonarium",
    "dataSources": [
        {
            "namespace": "@ohif/extension-default.dataSourcesModule.dicomweb",
            "sourceName": "sonarium",
            "configuration": {
                "friendlyName": "Sonarium",
                "name": "sonarium",
                "wadoUriRoot": f"{_DICOMWEB}",
                "qidoRoot": f"{_DICOMWEB}",
                "wadoRoot": f"{_DICOMWEB}",
                "qidoSupportsIncludeField": True,
                "supportsReject": False,
                "supportsStow": True,
                "dicomUploadEnabled": False,
                "imageRendering": "wadors",
                "thumbnailRendering": "thumbnail",
                "enableStudyLazyLoad": True,
                "supportsFuzzyMatching": True,
                "supportsWildcard": True,
                "singlepart": "bulkdata,video,pdf",
                "omitQuotationForMultipartRequest": True,
                "bulkDataURI": {"enabled": True, "relativeResolution": "studies"},
            },
        }
    ],
}


class OHIFShelf:
    """Answers what lies below `/ohif` from the folder of a built OHIF, installed or not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()

    @property
    def is_installed(self) -> bool:
        """Whether OHIF is there; it may come and go while we serve."""
        return (self._folder / _PAGE).is_file()

    def answer(self, name: str, request: OurRequest) -> Response[Any]:
        """Return a file, or the application's page for each path that is its own."""
        if name == _CONFIGURATION:
            text = f"window.config = {json.dumps(CONFIGURATION)};"
            return Response(
                text, media_type="text/javascript", headers={"Cache-Control": "no-cache"}
            )
        path = self._folder / name
        if ".." in Path(name).parts or not path.is_file() or name == _PAGE:
            if ("." in name.rpartition("/")[2] and name != _PAGE) or not self.is_installed:
                raise NotFoundException(detail="OHIF has no such file, or is not installed.")
            return self._page(request)
        return _file(path, request)

    def _page(self, request: OurRequest) -> Response[Any]:
        principal = principal_in(request)
        if principal is None or Permission.OPEN_STUDIES not in principal.permissions:
            return Redirect("/", headers={"Cache-Control": "no-store"})
        content = (self._folder / _PAGE).read_bytes()
        headers = {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": policy(content, str(request.base_url).rstrip("/")),
        }
        return Response(content, media_type="text/html; charset=utf-8", headers=headers)


def policy(page: bytes, origin: str) -> str:
    """Return the Content-Security-Policy of OHIF's page.

    Its scripts are its files and those written in the page, by their digests; it talks to its
    own files and to DICOMweb.
    """
    digests = " ".join(
        f"'sha256-{b64encode(sha256(script).digest()).decode()}'"
        for script in _INLINE.findall(page)
    )
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'wasm-unsafe-eval' {digests}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' blob:",
            f"connect-src {origin}{_DICOMWEB}/ {origin}{OHIF_PATH}/ blob: data:",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "frame-src blob:",
            "object-src 'self' blob:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _file(path: Path, request: OurRequest) -> Response[bytes]:
    stat = path.stat()
    tag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    is_hashed = _HASHED.search(path.name) is not None
    headers = {
        "ETag": tag,
        "Vary": "Accept-Encoding",
        "Cache-Control": "public, max-age=31536000, immutable" if is_hashed else "no-cache",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers)
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    compressed = path.with_name(path.name + COMPRESSED_SUFFIX)
    if "zstd" in request.headers.get("accept-encoding", "") and compressed.is_file():
        headers["Content-Encoding"] = "zstd"
        return Response(compressed.read_bytes(), media_type=media_type, headers=headers)
    return Response(path.read_bytes(), media_type=media_type, headers=headers)


@get(
    [OHIF_PATH, f"{OHIF_PATH}/{{path:path}}"],
    include_in_schema=False,
    opt=access(ANYONE),
)
async def serve_ohif(request: OurRequest, ohif: NamedDependency[OHIFShelf]) -> Response[Any]:
    """Serve OHIF."""
    name = str(request.path_params.get("path", "")).lstrip("/")
    return await asyncio.to_thread(ohif.answer, name, request)
