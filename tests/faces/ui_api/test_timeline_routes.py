"""The patient timeline over the JSON API."""

from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import generate_uid
from tests.faces.conftest import WebArchive

PICTURE = "dicom/us/hp-pediatric-echo-1.dcm"


def _earlier_study(path: Path) -> bytes:
    """The same patient's picture, as if it had been taken years before."""
    made = dcmread(path)
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.StudyDate = "19900101"
    written = BytesIO()
    made.save_as(written)
    return written.getvalue()


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
async def test_all_studies_of_the_patient_come_with_their_marks(
    web: WebArchive, testdata: Path
) -> None:
    await web.stow((testdata / PICTURE).read_bytes(), _earlier_study(testdata / PICTURE))
    listed = (await web.client.get("/api/studies")).json()["studies"]
    now, before = (study["studyInstanceUID"] for study in listed)
    marked = {"studyInstanceUIDs": [before], "isUrgent": True}
    await web.client.put("/api/study-marks", json=marked)
    for asked in (now, before):
        timeline = (await web.client.get(f"/api/studies/{asked}/timeline")).json()
        assert [one["study"]["studyInstanceUID"] for one in timeline["studies"]] == [now, before]
        assert timeline["hasMore"] is False
    one, other = timeline["studies"]
    assert one["mark"] is None
    assert other["mark"]["urgentAt"]
    assert (one["numberOfImages"], one["hasMeasurements"], one["hasKeyImages"]) == (1, False, False)


async def test_a_report_and_key_images_are_told(web: WebArchive, testdata: Path) -> None:
    for name in (
        "sr/tid1500-small.dcm",
        "doc/encapsulated-pdf.dcm",
        "ko/ihe-milvue-kos-retention.dcm",
    ):
        await web.stow((testdata / "dicom" / name).read_bytes())
    told = set()
    for study in (await web.client.get("/api/studies")).json()["studies"]:
        asked = f"/api/studies/{study['studyInstanceUID']}/timeline"
        for one in (await web.client.get(asked)).json()["studies"]:
            told |= {key for key, holds in one.items() if holds is True}
            assert one["numberOfImages"] == 0
    assert told == {"hasKeyImages", "hasMeasurements", "hasDocument"}


async def test_a_study_that_is_not_here_has_no_timeline(web: WebArchive) -> None:
    assert (await web.client.get("/api/studies/1.2.3/timeline")).status_code == 404
