"""What waits for an administrator, over HTTP."""

import httpx
from tests.faces.conftest import WebArchive
from tests.queue.test_dead_letters import one_dead_letter
from tests.services.data_sets import EXPLICIT, US_IMAGE, instance_uid, still

from sonarium.dicom.part10 import file_meta


def file(pixels: bytes) -> bytes:
    head = file_meta(
        sop_class_uid=US_IMAGE, sop_instance_uid=instance_uid(1), transfer_syntax_uid=EXPLICIT
    )
    return head + still(1, pixels=pixels)


async def test_an_object_is_listed_discarded_brought_back_and_served(
    administrator: httpx.AsyncClient, web: WebArchive
) -> None:
    assert (await administrator.get("/api/quarantine")).json() == {"objects": [], "hasMore": False}
    await web.stow(file(b"\x11" * 64))
    await web.stow(file(b"\x22" * 64))
    [one] = (await administrator.get("/api/quarantine")).json()["objects"]
    assert (one["sopInstanceUID"], one["door"], one["hasRival"]) == (instance_uid(1), "stow", True)
    at = f"/api/quarantine/{one['number']}"
    assert (await administrator.post(f"{at}/discard")).status_code == 204
    [discarded] = (await administrator.get("/api/quarantine")).json()["objects"]
    assert discarded["discardedBy"] == "root"
    refused = await administrator.post(f"{at}/exchange")
    assert (refused.status_code, refused.json()["detail"]) == (
        400,
        "no object of this number waits in quarantine",
    )
    assert (await administrator.post(f"{at}/restore")).status_code == 204
    assert (await administrator.post(f"{at}/exchange")).status_code == 204
    served = await web.client.get(
        f"/dicom-web/studies/2.25.10001/series/2.25.20001/instances/{instance_uid(1)}/frames/1",
        headers={"Accept": 'multipart/related; type="application/octet-stream"'},
    )
    assert b"\x22" * 64 in served.content


async def test_objects_are_listed_page_by_page(
    administrator: httpx.AsyncClient, web: WebArchive
) -> None:
    for pixel in b"\x01\x02\x03":
        await web.stow(file(bytes([pixel]) * 64))
    page = (await administrator.get("/api/quarantine?limit=1")).json()
    assert page["hasMore"]
    last = page["objects"][0]["number"]
    rest = (await administrator.get(f"/api/quarantine?limit=1&before={last}")).json()
    assert not rest["hasMore"]
    assert rest["objects"][0]["number"] < last


async def test_failed_work_is_tried_again_or_given_up(
    administrator: httpx.AsyncClient, web: WebArchive, dsn: str
) -> None:
    letter = await one_dead_letter(web.archive.database, dsn)
    [job] = (await administrator.get("/api/jobs/failed")).json()["jobs"]
    assert (job["number"], job["task"]) == (letter.job_id, "commitment.report")
    at = f"/api/jobs/failed/{letter.job_id}"
    assert (await administrator.post(f"{at}/retry")).status_code == 204
    assert (await administrator.post(f"{at}/retry")).status_code == 404
    assert (await administrator.delete(at)).status_code == 404


async def test_checks_tell_that_none_was_made_yet(administrator: httpx.AsyncClient) -> None:
    state = (await administrator.get("/api/checks")).json()
    assert state == {
        "startedAt": None,
        "finishedAt": None,
        "instances": 0,
        "bytes": 0,
        "damaged": [],
    }
