"""Measuring over the JSON API."""

from pathlib import Path
from typing import Any

import httpx
from tests.faces.conftest import WebArchive

PICTURE = "dicom/us/hp-pediatric-echo-1.dcm"


async def opened(web: WebArchive, testdata: Path, name: str = PICTURE) -> tuple[str, str]:
    """Store a picture and return the UIDs of its study and instance."""
    await web.stow((testdata / name).read_bytes())
    studies = (await web.client.get("/api/studies")).json()["studies"]
    study = studies[0]["studyInstanceUID"]
    detail = (await web.client.get(f"/api/studies/{study}")).json()
    return study, detail["series"][0]["instances"][0]["sopInstanceUID"]


def caliper(instance: str, **changes: object) -> dict[str, Any]:
    figure = {
        "sopInstanceUID": instance,
        "frame": 1,
        "graphicType": "POLYLINE",
        "points": [[100.5, 100.5], [200.5, 250.5]],
    }
    return {
        "trackingUID": "2.25.1",
        "tool": "distance",
        "label": "LVIDd",
        "figures": [figure],
        "values": [{"quantity": "length", "number": 4.463}],
        "measuredAt": "2026-11-23T18:00:00.250Z",
        "measuredBy": "This workstation",
        **changes,
    }


async def save(web: WebArchive, study: str, version: int, *saved: object) -> httpx.Response:
    body = {"version": version, "measurements": list(saved)}
    return await web.client.put(f"/api/studies/{study}/measurements", json=body)


async def test_what_is_saved_is_shown(web: WebArchive, testdata: Path) -> None:
    study, instance = await opened(web, testdata)
    assert (await web.client.get(f"/api/studies/{study}/measurements")).json()["version"] == 0
    answer = await save(web, study, 0, caliper(instance))
    assert answer.status_code == 200
    shown = (await web.client.get(f"/api/studies/{study}/measurements")).json()
    assert shown == answer.json()
    assert shown["version"] == 1
    assert shown["measurements"][0]["figures"] == caliper(instance)["figures"]
    assert shown["measurements"][0]["measuredBy"] == shown["observer"] == "Tests"
    assert shown["measurements"][0]["measuredAt"] == "2026-11-23T18:00:00.250000+00:00"
    assert shown["means"][0] == {"label": "LVIDd", "number": 4.463, "unit": "cm", "count": 1}


async def test_a_save_from_an_old_version_is_a_conflict(web: WebArchive, testdata: Path) -> None:
    study, instance = await opened(web, testdata)
    await save(web, study, 0, caliper(instance))
    answer = await save(web, study, 0)
    assert answer.status_code == 409
    assert "meanwhile" in answer.json()["detail"]


async def test_what_makes_no_sense_is_refused_in_words(web: WebArchive, testdata: Path) -> None:
    study, instance = await opened(web, testdata)
    unknown = await save(web, study, 0, caliper(instance, label="LVIDx"))
    assert (unknown.status_code, unknown.json()["detail"]) == (
        400,
        "This archive knows no label of that name.",
    )
    assert (await save(web, study, 0, caliper(instance, tool="ruler"))).status_code == 400
    assert (await save(web, study, 0, caliper(instance, measuredAt="soon"))).status_code == 400
    too_long = caliper(instance, text="x" * 9_000_000)
    assert (await save(web, study, 0, too_long)).status_code == 413


async def test_a_study_that_is_not_here_is_not_found(web: WebArchive) -> None:
    for path in ("measurements", "calibration"):
        assert (await web.client.get(f"/api/studies/1.2.3/{path}")).status_code == 404
    assert (await save(web, "1.2.3", 0)).status_code == 404


async def test_regions_are_told_with_their_units(web: WebArchive, testdata: Path) -> None:
    study, instance = await opened(web, testdata, "dicom/us/toshiba-xario-tdi-pw.dcm")
    shown = (await web.client.get(f"/api/studies/{study}/calibration")).json()
    assert [picture["sopInstanceUID"] for picture in shown["instances"]] == [instance]
    spectrum = next(
        region
        for region in shown["instances"][0]["regions"]
        if region["spatialFormat"] == "spectral"
    )
    assert (spectrum["unitX"], spectrum["unitY"]) == ("s", "cm/s")
    assert spectrum["baselineRow"] == 352
    assert round((352 - 240) * spectrum["velocityPerRow"], 1) == 20.0


async def test_a_scale_that_would_lie_is_marked(web: WebArchive, testdata: Path) -> None:
    study, _ = await opened(web, testdata, "dicom/us/sonosite-30frames.dcm")
    shown = (await web.client.get(f"/api/studies/{study}/calibration")).json()
    doubts = [doubt for region in shown["instances"][0]["regions"] for doubt in region["doubts"]]
    assert any(doubt["blocks"] for doubt in doubts)


async def test_labels_name_their_codes(web: WebArchive) -> None:
    shown = (await web.client.get("/api/measurement-labels")).json()
    label = next(label for label in shown["labels"] if label["key"] == "LVIDd")
    assert (label["code"], label["scheme"], label["quantity"]) == ("29436-3", "LN", "length")
    units = {it["quantity"]: it["unit"] for it in shown["quantities"]}
    assert units["area"] == "cm2"


async def test_a_key_image_is_marked_and_listed(web: WebArchive, testdata: Path) -> None:
    study, instance = await opened(web, testdata)
    path = f"/api/studies/{study}/key-images"
    shown = (await web.client.get(path)).json()
    assert shown["selections"] == []
    assert {"code": "113004", "meaning": "For Teaching"} in shown["reasons"]
    image = {"sopInstanceUID": instance, "frame": 1}
    body = {"reason": "113004", "description": "Look", "images": [image]}
    answer = await web.client.post(path, json=body)
    assert answer.status_code == 201
    assert (await web.client.get(path)).json() == answer.json()
    assert answer.json()["selections"][0]["reason"] == "For Teaching"
    refused = await web.client.post(path, json={**body, "reason": "1"})
    assert refused.status_code == 400
    assert (await web.client.get("/api/studies/1.2.3/key-images")).status_code == 404
