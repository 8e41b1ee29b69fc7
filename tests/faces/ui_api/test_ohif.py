"""OHIF's files, its configuration, its policy, and who gets its page."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import zstandard
from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.testing import TestClient

from sonarium.domain.principal import Permission, Principal
from sonarium.faces.ui_api.ohif import OHIFShelf, policy, serve_ohif

PAGE = b"<!doctype html><script>first()</script><script src='/ohif/x.js'></script>"
CODE = b"console.log(1);"
READER = Principal("reader", "SYNTHETIC reader", frozenset({Permission.OPEN_STUDIES}))
MANAGER = Principal("manager", "SYNTHETIC manager", frozenset({Permission.SEE_SYSTEM}))

Connection = ASGIConnection[Any, Any, Any, Any]


@contextmanager
def browser(folder: Path, principal: Principal | None) -> Iterator[TestClient[Litestar]]:
    async def recognize(connection: Connection, _handler: BaseRouteHandler) -> None:
        connection.scope["user"] = principal

    provide = Provide(lambda: OHIFShelf(folder), sync_to_thread=False)
    with TestClient(
        Litestar([serve_ohif], dependencies={"ohif": provide}, guards=[recognize])
    ) as client:
        client.follow_redirects = False
        yield client


def installed(folder: Path) -> Path:
    folder.joinpath("index.html").write_bytes(PAGE)
    name = "app.bundle.0123456789abcdef0123.js"
    folder.joinpath(name).write_bytes(CODE)
    folder.joinpath(f"{name}.zst").write_bytes(zstandard.compress(CODE))
    folder.joinpath("app.bundle.css").write_bytes(b"p{}")
    return folder


def test_its_own_addresses_get_its_page(tmp_path: Path) -> None:
    with browser(installed(tmp_path), READER) as client:
        for path in ("/ohif", "/ohif/", "/ohif/viewer?StudyInstanceUIDs=2.25.1"):
            assert client.get(path).content == PAGE


def test_who_may_not_open_studies_is_sent_to_the_door(tmp_path: Path) -> None:
    for who in (None, MANAGER):
        with browser(installed(tmp_path), who) as client:
            answer = client.get("/ohif/viewer")
            assert (answer.status_code, answer.headers["location"]) == (302, "/")


def test_files_come_compressed_and_may_be_kept_if_their_name_changes_with_them(
    tmp_path: Path,
) -> None:
    with browser(installed(tmp_path), READER) as client:
        path = "/ohif/app.bundle.0123456789abcdef0123.js"
        answer = client.get(path, headers={"Accept-Encoding": "zstd"})
        assert answer.headers["content-encoding"] == "zstd"
        assert "immutable" in answer.headers["cache-control"]
        assert client.get(path, headers={"Accept-Encoding": ""}).content == CODE
        style = client.get("/ohif/app.bundle.css")
        assert style.headers["cache-control"] == "no-cache"
        known = {"If-None-Match": style.headers["etag"]}
        assert client.get("/ohif/app.bundle.css", headers=known).status_code == 304


def test_nothing_outside_its_folder_is_served(tmp_path: Path) -> None:
    tmp_path.joinpath("secret.txt").write_bytes(b"secret")
    folder = tmp_path / "ohif"
    folder.mkdir()
    with browser(installed(folder), READER) as client:
        for path in ("/ohif/..%2Fsecret.txt", "/ohif/%2e%2e/secret.txt", "/ohif//etc/passwd"):
            assert b"secret" not in client.get(path).content
            assert b"root:" not in client.get(path).content


def test_without_it_there_is_nothing(tmp_path: Path) -> None:
    assert not OHIFShelf(tmp_path).is_installed
    with browser(tmp_path, READER) as client:
        assert client.get("/ohif/viewer").status_code == 404
        assert client.get("/ohif/app.bundle.css").status_code == 404


def test_its_configuration_names_our_door_alone(tmp_path: Path) -> None:
    with browser(installed(tmp_path), READER) as client:
        text = client.get("/ohif/app-config.js").text
    read = json.loads(text.removeprefix("window.config = ").removesuffix(";"))
    (source,) = read["dataSources"]
    assert source["configuration"]["wadoRoot"] == "/dicom-web"
    assert "http" not in text


def test_its_policy_names_its_own_scripts_and_lets_it_talk_to_dicomweb_alone() -> None:
    rules = dict(
        rule.strip().split(" ", 1) for rule in policy(PAGE, "http://127.0.0.1:1").split(";")
    )
    digest = b64encode(sha256(b"first()").digest()).decode()
    assert f"'sha256-{digest}'" in rules["script-src"]
    assert "unsafe-inline" not in rules["script-src"]
    assert "'unsafe-eval'" not in rules["script-src"]
    assert "'self'" not in rules["connect-src"]
    assert "http://127.0.0.1:1/dicom-web/" in rules["connect-src"]
