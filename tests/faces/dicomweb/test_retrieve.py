"""WADO-RS: objects, metadata, frames and bulk values."""

import hashlib
import re
from pathlib import Path

import pytest
from tests.faces.conftest import ON_THE_SHELF, Shelf, WebArchive
from tests.faces.dicomweb.polyglots import PREAMBLES, with_preamble

from sonarium.dicom.part10 import split_part10

AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'
STILL, LOOP, PDF = "toshiba-xario-mmode", "acuson-stress-baseline-v1", "encapsulated-pdf"
NAMES = [name.partition("/")[2] for name in ON_THE_SHELF]


def parts_of(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    """Split a multipart answer into the types and contents of its parts."""
    found = re.search(r"boundary=([^;]+)", content_type)
    assert found is not None
    delimiter = f"\r\n--{found[1]}".encode()
    assert body.endswith(delimiter + b"--\r\n")
    parts = []
    for part in (b"\r\n" + body).split(delimiter)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        parts.append((head.decode().partition("Content-Type: ")[2].split("\r\n")[0], content))
    return parts


@pytest.mark.parametrize("name", NAMES)
async def test_an_object_comes_back_as_it_was_sent(shelf: Shelf, name: str) -> None:
    answer = await shelf.get(shelf.instance(name), Accept=AS_STORED)
    ((media_type, file),) = parts_of(answer.headers["content-type"], answer.content)
    start = split_part10(file)
    assert file[start.data_set_offset :] == shelf.data_set(name)
    assert media_type == f"application/dicom;transfer-syntax={start.transfer_syntax_uid}"
    assert file[:128] == bytes(128)


async def test_a_study_is_one_message_with_all_its_objects(shelf: Shelf) -> None:
    answer = await shelf.get(shelf.study(LOOP), Accept=AS_STORED)
    files = [file for _, file in parts_of(answer.headers["content-type"], answer.content)]
    kept = {hashlib.sha256(file[split_part10(file).data_set_offset :]).digest() for file in files}
    assert hashlib.sha256(shelf.data_set(LOOP)).digest() in kept
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_a_single_object_can_be_had_as_a_file_and_in_ranges(shelf: Shelf) -> None:
    path = shelf.instance(STILL)
    whole = await shelf.get(path, Accept="application/dicom")
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-disposition"].startswith("attachment")
    part = await shelf.get(path, Accept="application/dicom", Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    last = await shelf.get(path, Accept="application/dicom", Range="bytes=-10")
    assert last.content == whole.content[-10:]
    beyond = await shelf.get(path, Accept="application/dicom", Range="bytes=99999999-")
    assert beyond.status_code == 416


async def test_another_syntax_is_made_only_when_asked(shelf: Shelf) -> None:
    accept = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1'
    answer = await shelf.get(shelf.instance(LOOP), Accept=accept)
    ((_, file),) = parts_of(answer.headers["content-type"], answer.content)
    assert split_part10(file).transfer_syntax_uid == "1.2.840.10008.1.2.1"
    assert len(file) > 10 * 288 * 384 * 3


async def test_what_cannot_be_had_is_refused_with_what_can(shelf: Shelf) -> None:
    answer = await shelf.get(shelf.instance(STILL), Accept="text/plain")
    assert answer.status_code == 406
    assert "application/dicom" in answer.json()["detail"]


async def test_a_syntax_that_nobody_can_make_is_refused_before_the_answer_begins(
    shelf: Shelf,
) -> None:
    for syntax in ("1.2.3.4", "1.2.840.10008.1.2.4.102"):
        for accept in ('multipart/related; type="application/dicom"', "application/dicom"):
            answer = await shelf.get(
                shelf.instance(LOOP), Accept=f"{accept}; transfer-syntax={syntax}"
            )
            assert answer.status_code == 406
            assert answer.headers["content-type"] == "application/problem+json"


async def test_each_syntax_of_an_object_has_an_entity_tag_of_its_own(shelf: Shelf) -> None:
    stored = await shelf.get(shelf.instance(STILL), Accept=AS_STORED)
    accept = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2'
    other = await shelf.get(
        shelf.instance(STILL), Accept=accept, If_None_Match=stored.headers["etag"]
    )
    assert other.status_code == 200
    assert other.headers["etag"] != stored.headers["etag"]
    assert "Accept" in other.headers["vary"]
    again = await shelf.get(
        shelf.instance(STILL), Accept=AS_STORED, If_None_Match=stored.headers["etag"]
    )
    assert again.status_code == 304


async def test_xml_has_an_entity_tag_of_what_it_says(shelf: Shelf) -> None:
    accept = 'multipart/related; type="application/dicom+xml"'
    one = await shelf.get(f"{shelf.instance(STILL)}/metadata", Accept=accept)
    other = await shelf.get(f"{shelf.instance(PDF)}/metadata", Accept=accept)
    assert one.headers["etag"] != other.headers["etag"]
    again = await shelf.get(
        f"{shelf.instance(STILL)}/metadata", Accept=accept, If_None_Match=one.headers["etag"]
    )
    assert again.status_code == 304


async def test_metadata_leave_bulk_values_behind_an_address(shelf: Shelf) -> None:
    (metadata,) = (await shelf.get(f"{shelf.instance(PDF)}/metadata")).json()
    address = metadata["00420011"]["BulkDataURI"]
    bulk = await shelf.web.client.get(address)
    assert bulk.content.startswith(b"%PDF")
    part = await shelf.web.client.get(address, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"%PDF")
    assert bulk.headers["content-type"] == "application/octet-stream"


async def test_metadata_can_be_had_as_xml(shelf: Shelf) -> None:
    accept = 'multipart/related; type="application/dicom+xml"'
    answer = await shelf.get(f"{shelf.instance(STILL)}/metadata", Accept=accept)
    ((media_type, document),) = parts_of(answer.headers["content-type"], answer.content)
    assert media_type == "application/dicom+xml"
    assert b"<NativeDicomModel" in document


async def test_stored_frames_come_in_the_order_asked(shelf: Shelf) -> None:
    accept = 'multipart/related; type="image/jpeg"'
    path = f"{shelf.instance(LOOP)}/frames"
    answer = await shelf.get(f"{path}/3,1", Accept=accept)
    third, first = parts_of(answer.headers["content-type"], answer.content)
    alone = await shelf.get(f"{path}/1", Accept="image/jpeg")
    assert alone.content == first[1]
    assert third[1] != first[1]
    assert {third[1][:3], first[1][:3]} == {b"\xff\xd8\xff"}
    assert shelf.data_set(LOOP).count(first[1]) == 1


async def test_a_frame_by_itself_is_given_in_ranges(shelf: Shelf) -> None:
    path = f"{shelf.instance(LOOP)}/frames/1"
    whole = await shelf.get(path, Accept="image/jpeg")
    assert whole.headers["accept-ranges"] == "bytes"
    for asked, told, piece in (
        ("bytes=2-9", f"bytes 2-9/{len(whole.content)}", whole.content[2:10]),
        ("bytes=-4", None, whole.content[-4:]),
    ):
        part = await shelf.get(path, Accept="image/jpeg", Range=asked)
        assert (part.status_code, part.content) == (206, piece)
        assert told is None or part.headers["content-range"] == told
        assert part.headers["etag"] == whole.headers["etag"]
    beyond = await shelf.get(path, Accept="image/jpeg", Range="bytes=99999999-")
    assert beyond.status_code == 416


async def test_a_range_of_another_version_is_the_whole(shelf: Shelf) -> None:
    path = f"{shelf.instance(LOOP)}/frames/1"
    whole = await shelf.get(path, Accept="image/jpeg")
    asked = {"Accept": "image/jpeg", "Range": "bytes=0-1"}
    same = await shelf.get(path, If_Range=whole.headers["etag"], **asked)
    assert same.status_code == 206
    other = await shelf.get(path, If_Range='"of before"', **asked)
    assert (other.status_code, other.content) == (200, whole.content)


async def test_a_multipart_message_has_a_weak_tag(shelf: Shelf) -> None:
    accept = 'multipart/related; type="image/jpeg"'
    for path in (f"{shelf.instance(LOOP)}/frames/1", f"{shelf.instance(LOOP)}/frames/1,2"):
        answer = await shelf.get(path, Accept=accept)
        assert answer.headers["etag"].startswith('W/"')
        again = await shelf.get(path, Accept=accept, If_None_Match=answer.headers["etag"])
        assert (again.status_code, again.headers["etag"]) == (304, answer.headers["etag"])


async def test_xml_of_one_instance_comes_in_parts_too(shelf: Shelf) -> None:
    refused = await shelf.get(f"{shelf.instance(STILL)}/metadata", Accept="application/dicom+xml")
    assert refused.status_code == 406
    assert 'multipart/related; type="application/dicom+xml"' in refused.json()["detail"]


async def test_viewers_that_ask_for_octets_in_any_syntax_get_frames_as_stored(
    shelf: Shelf,
) -> None:
    accept = "multipart/related; type=application/octet-stream; transfer-syntax=*"
    path = f"{shelf.instance(LOOP)}/frames/1"
    answer = await shelf.get(path, Accept=accept)
    ((media_type, frame),) = parts_of(answer.headers["content-type"], answer.content)
    assert media_type.startswith("application/octet-stream;transfer-syntax=1.2.840")
    assert frame == (await shelf.get(path, Accept="image/jpeg")).content


async def test_native_frames_are_cut_where_they_end(shelf: Shelf) -> None:
    accept = 'multipart/related; type="application/octet-stream"'
    answer = await shelf.get(f"{shelf.instance('ge-logiq700-rgb')}/frames/1", Accept=accept)
    ((_, frame),) = parts_of(answer.headers["content-type"], answer.content)
    assert len(frame) == 240 * 320 * 3
    assert frame in shelf.data_set("ge-logiq700-rgb")


@pytest.mark.parametrize("frames", ["0", "11", "1,99", "a", "1,,2", "-1", "1" * 12, "1,2,1"])
async def test_frames_that_do_not_exist_are_not_found(shelf: Shelf, frames: str) -> None:
    answer = await shelf.get(f"{shelf.instance(LOOP)}/frames/{frames}", Accept="*/*")
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["zzz", "00100010/1", "00280010/9/00100010", "0" * 8 + "/1" * 40])
async def test_bulk_paths_that_name_nothing_are_not_found(shelf: Shelf, path: str) -> None:
    assert (await shelf.get(f"{shelf.instance(STILL)}/bulkdata/{path}")).status_code == 404


async def test_a_study_that_grew_has_another_entity_tag(web: WebArchive, shelf: Shelf) -> None:
    path = f"/dicom-web{shelf.study(LOOP)}"
    headers = {"Accept": AS_STORED}
    await web.stow(shelf.files[LOOP])
    first = await web.client.get(path, headers=headers)
    conditional = {**headers, "If-None-Match": first.headers["etag"]}
    assert (await web.client.get(path, headers=conditional)).status_code == 304
    await web.stow(shelf.files["acuson-stress-baseline-v2"])
    again = await web.client.get(path, headers=conditional)
    same_study = shelf.study(LOOP) == shelf.study("acuson-stress-baseline-v2")
    assert again.status_code == (200 if same_study else 304)


@pytest.mark.parametrize("name", sorted(PREAMBLES))
async def test_no_preamble_that_a_sender_wrote_leaves_by_any_way(
    web: WebArchive, testdata: Path, name: str
) -> None:
    file = (testdata / "dicom/us/toshiba-xario-mmode.dcm").read_bytes()
    (stored,) = (await web.stow(with_preamble(file, name))).json()["00081199"]["Value"]
    address = stored["00081190"]["Value"][0]
    study, _, rest = address.partition("/series/")
    series, _, instance = rest.partition("/instances/")
    by_uri = {
        "requestType": "WADO",
        "contentType": "application/dicom",
        "studyUID": study.rpartition("/")[2],
        "seriesUID": series,
        "objectUID": instance,
    }
    mark = PREAMBLES[name].rstrip(b"\0")
    for path, accept, parameters in (
        (address, "application/dicom", {}),
        (address, 'multipart/related; type="application/dicom"', {}),
        (address, "application/dicom; transfer-syntax=1.2.840.10008.1.2.1", {}),
        (study, "application/zip", {}),
        ("/dicom-web/wado", "*/*", by_uri),
    ):
        answer = await web.client.get(path, params=parameters, headers={"Accept": accept})
        assert answer.status_code == 200
        assert b"DICM" in answer.content
        assert mark not in answer.content
        assert answer.headers["x-content-type-options"] == "nosniff"
