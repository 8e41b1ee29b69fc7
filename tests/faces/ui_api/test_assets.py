"""The built web application as it is served."""

import zstandard
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient
from tests.faces.conftest import Shelf

from sonarium.faces.ui_api.assets import (
    IMMUTABLE,
    REVALIDATE,
    Asset,
    AssetShelf,
    load_assets,
    serve_application,
)

PAGE = Asset("text/html", b"<page>", zstandard.compress(b"<page>"), '"p"', REVALIDATE)
CODE = Asset("text/javascript", b"code", zstandard.compress(b"code"), '"c"', IMMUTABLE)


def client(assets: dict[str, Asset]) -> TestClient[Litestar]:
    shelf = AssetShelf(assets)
    provide = Provide(lambda: shelf, sync_to_thread=False)
    return TestClient(Litestar([serve_application], dependencies={"shelf": provide}))


def test_addresses_of_the_application_itself_get_its_page() -> None:
    with client({"index.html": PAGE}) as browser:
        for path in ("/", "/studies/1.2.3", "/anything"):
            assert browser.get(path).content == b"<page>"
            assert browser.get(path).headers["cache-control"] == REVALIDATE


def test_files_with_a_hash_in_their_name_may_be_kept_for_ever() -> None:
    with client({"index.html": PAGE, "assets/x-1.js": CODE}) as browser:
        answer = browser.get("/assets/x-1.js", headers={"Accept-Encoding": "zstd"})
        assert answer.headers["cache-control"] == IMMUTABLE
        assert answer.headers["content-encoding"] == "zstd"
        assert browser.get("/assets/x-2.js").status_code == 404


def test_an_unchanged_page_is_not_sent_again() -> None:
    with client({"index.html": PAGE}) as browser:
        assert browser.get("/", headers={"If-None-Match": '"p"'}).status_code == 304


def test_without_a_build_the_page_says_what_to_do() -> None:
    with client({}) as browser:
        answer = browser.get("/")
        assert answer.status_code == 503
        assert b"./dev install" in answer.content


async def test_the_list_needs_little_code(shelf: Shelf) -> None:
    page = (await shelf.web.client.get("/")).text
    first = [
        asset for name, asset in load_assets().items() if name in page and name.endswith(".js")
    ]
    assert first
    assert sum(len(asset.compressed) for asset in first) < 300_000
