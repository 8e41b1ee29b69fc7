"""The built web application: files of the package, held in memory and sent compressed."""

import mimetypes
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import zstandard
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Stream

from sonarium.faces.web_access import ANYONE, access

_PIECE_BYTES = 128 * 1024
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
NOT_BUILT = (
    b"<!doctype html><title>Sonarium</title><p>The web application is not built. "
    b"Run <code>./dev install</code> in the source tree, then start Sonarium again."
)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the application; names under `assets/` carry a hash and never change."""

    media_type: str
    plain: bytes
    compressed: bytes
    entity_tag: str
    cache_control: str


@cache
def load_assets() -> dict[str, Asset]:
    """Read the built application, once: path below the root → file; empty when it is not built."""
    root = resources.files("sonarium") / "web_assets"
    found: dict[str, Asset] = {}
    if root.is_dir():
        _collect(root, "", found)
    return found


def _collect(folder: Traversable, prefix: str, found: dict[str, Asset]) -> None:
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            _collect(entry, f"{name}/", found)
        elif not entry.name.startswith("."):
            plain = entry.read_bytes()
            found[name] = Asset(
                media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
                plain=plain,
                compressed=zstandard.compress(plain, 19),
                entity_tag=f'"{sha256(plain).hexdigest()[:24]}"',
                cache_control=IMMUTABLE if name.startswith("assets/") else REVALIDATE,
            )


class AssetShelf:
    """Answers every path that is not an API: a file, or the application's one page."""

    def __init__(self, assets: dict[str, Asset]) -> None:
        self._assets = assets

    def answer(self, path: str, request: Request[Any, Any, State]) -> Response[bytes] | Stream:
        """Return the file at `path`; paths of the application itself get its page."""
        name = path.lstrip("/")
        asset = self._assets.get(name)
        if asset is None and "." in name.rpartition("/")[2] and name.startswith("assets/"):
            raise NotFoundException(detail="no such file")
        asset = asset or self._assets.get("index.html")
        if asset is None:
            return Response(NOT_BUILT, media_type="text/html; charset=utf-8", status_code=503)
        headers = {"ETag": asset.entity_tag, "Cache-Control": asset.cache_control}
        if request.headers.get("if-none-match") == asset.entity_tag:
            return Response(b"", status_code=304, headers=headers)
        if "zstd" in request.headers.get("accept-encoding", ""):
            headers |= {"Content-Encoding": "zstd", "Vary": "Accept-Encoding"}
            return _whole(asset.compressed, asset.media_type, headers)
        return _whole(asset.plain, asset.media_type, headers)


@get(["/", "/{path:path}"], include_in_schema=False, sync_to_thread=False, opt=access(ANYONE))
def serve_application(
    request: Request[Any, Any, State], shelf: NamedDependency[AssetShelf]
) -> Response[bytes] | Stream:
    """Serve the web application."""
    return shelf.answer(str(request.path_params.get("path", "")), request)


def _whole(content: bytes, media_type: str, headers: dict[str, str]) -> Response[bytes] | Stream:
    """Answer with a file; a longer one in pieces, or each slow reader would cost a copy of it."""
    if len(content) <= _PIECE_BYTES:
        return Response(content, media_type=media_type, headers=headers)
    pieces = (content[at : at + _PIECE_BYTES] for at in range(0, len(content), _PIECE_BYTES))
    headers = {**headers, "Content-Length": str(len(content))}
    return Stream(pieces, media_type=media_type, headers=headers)
