"""Marks of studies over the JSON API."""

from pathlib import Path

from tests.faces.conftest import WebArchive

PICTURE = "dicom/us/hp-pediatric-echo-1.dcm"


async def test_marks_are_set_for_many_and_shown(web: WebArchive, testdata: Path) -> None:
    await web.stow((testdata / PICTURE).read_bytes())
    listed = (await web.client.get("/api/studies")).json()["studies"]
    study = listed[0]["studyInstanceUID"]
    asked = {"study": [study, "1.2.3"]}
    assert (await web.client.get("/api/study-marks", params=asked)).json() == {"marks": []}
    answer = await web.client.put(
        "/api/study-marks", json={"studyInstanceUIDs": [study, "1.2.3"], "isUrgent": True}
    )
    (mark,) = answer.json()["marks"]
    assert mark["studyInstanceUID"] == study
    assert mark["urgentAt"].endswith("+00:00")
    assert mark["readAt"] is None
    urgent = (await web.client.get("/api/urgent-studies")).json()
    assert [line["studyInstanceUID"] for line in urgent["studies"]] == [study]


async def test_more_studies_than_a_page_holds_are_refused(web: WebArchive) -> None:
    many = {"studyInstanceUIDs": ["1.2"] * 201, "isRead": True}
    assert (await web.client.put("/api/study-marks", json=many)).status_code == 400


async def test_unread_studies_are_searched_for(web: WebArchive, testdata: Path) -> None:
    await web.stow((testdata / PICTURE).read_bytes())
    asked = {"listed": "unread"}
    (study,) = (await web.client.get("/api/studies", params=asked)).json()["studies"]
    body = {"studyInstanceUIDs": [study["studyInstanceUID"]], "isRead": True}
    await web.client.put("/api/study-marks", json=body)
    assert (await web.client.get("/api/studies", params=asked)).json()["studies"] == []
    assert (await web.client.get("/api/studies", params={"listed": "odd"})).status_code == 400
