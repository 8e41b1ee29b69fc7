"""WADO-URI."""

import io

import pytest
from PIL import Image
from tests.faces.conftest import Shelf

LOOP = "acuson-stress-baseline-v1"


def named(shelf: Shelf, name: str, **more: str) -> dict[str, str]:
    one = shelf.selections[name]
    return {
        "requestType": "WADO",
        "studyUID": one.study_instance_uid,
        "seriesUID": one.series_instance_uid or "",
        "objectUID": one.sop_instance_uid or "",
        **more,
    }


async def test_an_object_is_given_as_a_file(shelf: Shelf) -> None:
    asked = named(shelf, LOOP, contentType="application/dicom")
    answer = await shelf.web.client.get("/dicom-web/wado", params=asked)
    assert answer.headers["content-type"] == "application/dicom"
    assert answer.content.endswith(shelf.data_set(LOOP))


async def test_without_a_type_a_picture_is_jpeg_and_a_report_is_a_file(shelf: Shelf) -> None:
    picture = await shelf.web.client.get("/dicom-web/wado", params=named(shelf, LOOP))
    assert picture.headers["content-type"] == "image/jpeg"
    report = await shelf.web.client.get("/dicom-web/wado", params=named(shelf, "basic-text-sr"))
    assert report.headers["content-type"] == "application/dicom"


async def test_a_frame_is_given_in_the_size_and_part_asked_for(shelf: Shelf) -> None:
    asked = named(
        shelf, LOOP, contentType="image/png", frameNumber="2", rows="72", columns="96",
        region="0.25,0.25,0.75,0.75",
    )  # fmt: skip
    answer = await shelf.web.client.get("/dicom-web/wado", params=asked)
    shown = Image.open(io.BytesIO(answer.content))
    assert max(shown.size) == 96


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"requestType": "X"}, 400),
        ({"objectUID": "../../etc"}, 400),
        ({"objectUID": "1.2.3"}, 404),
        ({"frameNumber": "0"}, 404),
        ({"frameNumber": "999"}, 404),
        ({"region": "1,1,0,0"}, 400),
        ({"contentType": "text/html"}, 406),
    ],
)
async def test_a_wrong_parameter_is_refused(
    shelf: Shelf, wrong: dict[str, str], status: int
) -> None:
    answer = await shelf.web.client.get("/dicom-web/wado", params=named(shelf, LOOP) | wrong)
    assert answer.status_code == status
