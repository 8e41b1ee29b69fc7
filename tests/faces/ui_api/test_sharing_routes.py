"""Sharing over the JSON API."""

import io
from typing import Any

import numpy as np
import pydicom
from PIL import Image
from tests.faces.conftest import Shelf

STILL, WITHOUT_REGIONS = "toshiba-xario-mmode", "palette-rle-10frames"
DRAWN = {"left": 10, "top": 10, "right": 59, "bottom": 49}


def asked(shelf: Shelf, name: str, **more: object) -> tuple[str, dict[str, Any]]:
    one = shelf.selections[name]
    body = {
        "seriesInstanceUID": one.series_instance_uid,
        "sopInstanceUID": one.sop_instance_uid,
        "firstFrame": 0,
        "lastFrame": 0,
        **more,
    }
    return f"/api/studies/{one.study_instance_uid}", body


async def test_the_preview_says_what_stays_visible(shelf: Shelf) -> None:
    path, body = asked(shelf, STILL)
    shown = (await shelf.web.client.post(f"{path}/share-previews", json=body)).json()
    assert shown["maskSource"] == "regions"
    assert {"left": 318, "top": 47, "right": 586, "bottom": 204} in shown["kept"]
    refusals = {one["format"]: one["refusal"] for one in shown["formats"]}
    assert refusals["dicom"] == refusals["png"] == ""
    assert refusals["mp4"]
    named = {one["name"]: one["value"] for one in shown["attributes"]}
    assert named["PatientIdentityRemoved"] == "YES"
    assert (
        "Basic Application Confidentiality Profile" in named["DeidentificationMethodCodeSequence"]
    )


async def test_the_picture_is_masked_as_the_person_drew(shelf: Shelf) -> None:
    path, body = asked(shelf, WITHOUT_REGIONS, frame=0)
    refused = await shelf.web.client.post(f"{path}/share-pictures", json=body)
    assert refused.status_code == 400
    assert "Draw a rectangle" in refused.json()["detail"]
    answer = await shelf.web.client.post(f"{path}/share-pictures", json={**body, "drawn": DRAWN})
    assert answer.headers["cache-control"] == "no-store"
    pixels = np.array(Image.open(io.BytesIO(answer.content)).convert("RGB"))
    pixels[10:50, 10:60] = 0
    assert not pixels.any()


async def test_a_file_leaves_only_after_somebody_has_looked(shelf: Shelf) -> None:
    path, body = asked(shelf, STILL, format="dicom", hasLooked=False)
    assert (await shelf.web.client.post(f"{path}/shares", json=body)).status_code == 400
    answer = await shelf.web.client.post(f"{path}/shares", json={**body, "hasLooked": True})
    assert answer.headers["content-type"] == "application/dicom"
    assert answer.headers["content-disposition"].startswith('attachment; filename="ultrasound-')
    assert pydicom.dcmread(io.BytesIO(answer.content)).PatientIdentityRemoved == "YES"


async def test_frames_that_are_not_there_are_not_found(shelf: Shelf) -> None:
    path, body = asked(shelf, STILL, lastFrame=7)
    answer = await shelf.web.client.post(f"{path}/share-previews", json=body)
    assert answer.status_code == 404
