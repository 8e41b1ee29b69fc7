"""JSON compressed as the caller takes it."""

import gzip

import zstandard
from tests.faces.conftest import Shelf

METADATA = {"Accept": "application/dicom+json"}


async def raw(shelf: Shelf, encoding: str, **headers: str) -> tuple[dict[str, str], bytes]:
    path = f"/dicom-web{shelf.study('acuson-stress-baseline-v1')}/metadata"
    async with shelf.web.client.stream(
        "GET", path, headers={**METADATA, "Accept-Encoding": encoding, **headers}
    ) as answer:
        return dict(answer.headers), b"".join([piece async for piece in answer.aiter_raw()])


async def test_a_document_is_the_same_however_it_travels(shelf: Shelf) -> None:
    headers, plain = await raw(shelf, "identity")
    assert "content-encoding" not in headers
    headers, squeezed = await raw(shelf, "gzip")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(squeezed) == plain
    headers, squeezed = await raw(shelf, "gzip, zstd")
    assert headers["content-encoding"] == "zstd"
    assert zstandard.decompress(squeezed) == plain
    assert "Accept-Encoding" in headers["vary"]


async def test_a_coding_that_is_refused_is_not_used(shelf: Shelf) -> None:
    for taken in ("zstd;q=0, gzip; q=0.000, identity", "gzip;q=0", "x-gzip"):
        headers, _ = await raw(shelf, taken)
        assert "content-encoding" not in headers
    headers, _ = await raw(shelf, "zstd;q=0, GZIP;q=0.5")
    assert headers["content-encoding"] == "gzip"


async def test_an_unchanged_document_is_not_sent_again(shelf: Shelf) -> None:
    path = f"{shelf.study('acuson-stress-baseline-v1')}/metadata"
    first = await shelf.get(path, **METADATA)
    again = await shelf.get(path, If_None_Match=first.headers["etag"], **METADATA)
    assert (again.status_code, again.content) == (304, b"")


async def test_a_tag_that_stands_for_every_coding_is_a_weak_one(shelf: Shelf) -> None:
    tags = {(await raw(shelf, coding))[0]["etag"] for coding in ("identity", "gzip", "zstd")}
    (tag,) = tags
    assert tag.startswith('W/"')
    headers, nothing = await raw(shelf, "gzip", **{"If-None-Match": tag})
    assert (headers["etag"], nothing) == (tag, b"")


async def test_a_short_document_is_left_alone(shelf: Shelf) -> None:
    answer = await shelf.get("/studies?PatientID=NOBODY", Accept_Encoding="gzip")
    assert "content-encoding" not in answer.headers
