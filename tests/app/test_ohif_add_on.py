"""Installing OHIF from its npm package, without npm and without a network."""

import base64
import hashlib
import io
import tarfile
from pathlib import Path

import pytest
import zstandard

from sonarium.app import ohif_add_on
from sonarium.app.ohif_add_on import AddOnRefused, NoDownload, install_ohif, rewritten

PAGE = b"""<link href="/app.css"><script>window.PUBLIC_URL = '/';</script>"""
FILES = {
    "package/LICENSE": b"MIT",
    "package/dist/index.html": PAGE,
    "package/dist/app.js": b'__webpack_require__.p = "/";',
    "package/dist/app.js.map": b"{}",
    "package/dist/sw.js": b"importScripts('https://elsewhere.example')",
    "package/dist/ort/model.onnx": b"large",
    "package/dist/../../escaped.js": b"no",
    "package/src/index.js": b"no",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package like OHIF's, which is taken for the one that was tried."""
    path = tmp_path / "ohif.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    digest = hashlib.sha512(path.read_bytes()).digest()
    monkeypatch.setattr(ohif_add_on, "SHA512", base64.b64encode(digest).decode())
    return path


def names_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_only_what_the_application_needs_is_installed(package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "ohif"
    size = install_ohif(folder, package)
    wanted = {"LICENSE", "index.html", "index.html.zst", "app.js", "app.js.zst"}
    assert names_below(folder) == wanted
    assert size == sum((folder / name).stat().st_size for name in wanted)
    assert names_below(tmp_path / "data") == {f"ohif/{name}" for name in wanted}


def test_what_names_the_root_of_the_site_names_our_folder(package: Path, tmp_path: Path) -> None:
    install_ohif(tmp_path / "ohif", package)
    page = (tmp_path / "ohif" / "index.html").read_bytes()
    assert b'href="/ohif/app.css"' in page
    assert b"PUBLIC_URL = '/ohif/'" in page
    code = (tmp_path / "ohif" / "app.js").read_bytes()
    assert code == b'__webpack_require__.p = "/ohif/";'
    assert zstandard.decompress((tmp_path / "ohif" / "app.js.zst").read_bytes()) == code


def test_the_service_worker_is_not_asked_for() -> None:
    tag = b'<script rel="preload" as="script" type="module" src="/init-service-worker.js"></script>'
    assert rewritten(".html", b"a" + tag + b"b") == b"ab"


def test_an_earlier_one_is_replaced_as_a_whole(package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ohif"
    install_ohif(folder, package)
    (folder / "old.js").write_bytes(b"old")
    install_ohif(folder, package)
    assert "old.js" not in names_below(folder)


def test_a_folder_with_something_else_is_left_alone(package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photographs"
    folder.mkdir()
    (folder / "one.jpg").write_bytes(b"jpg")
    with pytest.raises(AddOnRefused, match="something else"):
        install_ohif(folder, package)
    assert names_below(folder) == {"one.jpg"}


def test_another_package_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.tgz"
    other.write_bytes(b"other")
    with pytest.raises(AddOnRefused, match="is not @ohif/app"):
        install_ohif(tmp_path / "ohif", other)
    with pytest.raises(AddOnRefused, match="cannot be read"):
        install_ohif(tmp_path / "ohif", tmp_path / "missing.tgz")
    assert not (tmp_path / "ohif").exists()


def test_without_npm_it_says_how_to_do_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoDownload, match="--package"):
        install_ohif(tmp_path / "ohif", None)


def test_what_npm_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no network' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(NoDownload, match="no network"):
        install_ohif(tmp_path / "ohif", None)
