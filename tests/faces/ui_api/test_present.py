"""From what the services know to what the browser shows."""

from datetime import UTC, datetime

import pytest
from tests.faces.conftest import Shelf

from sonarium.faces.ui_api.present import study_summary
from sonarium.index.study_list import StudyLine


def line(**changes: object) -> StudyLine:
    values: dict[str, object] = {
        "study_instance_uid": "1.2", "patient_id": "P", "study_date": "20260304",
        "study_time": "101112.5", "birth_date": "19700102", "sex": "F", "description": "Echo",
        "accession_number": "A", "modalities": ["US"], "number_of_series": 1,
        "number_of_instances": 2, "received_at": datetime(2026, 3, 4, tzinfo=UTC), "version": 1,
        "patient_name": {"Alphabetic": "SYNTHETIC^ONE", "Phonetic": "x"},
        "confidentiality": "normal", "alias": "",
    }  # fmt: skip
    return StudyLine(**(values | changes))  # type: ignore[arg-type]


def test_dates_and_times_are_written_for_browsers() -> None:
    shown = study_summary(line())
    assert (shown.study_date, shown.study_time) == ("2026-03-04", "10:11:12.5")
    assert shown.received_at == "2026-03-04T00:00:00+00:00"


def test_what_is_not_known_is_absent_or_empty() -> None:
    shown = study_summary(line(study_date="", study_time="", birth_date="1970", patient_name=None))
    assert (shown.study_date, shown.study_time, shown.patient_birth_date) == (None, None, None)
    assert shown.patient_name == ""


def test_the_groups_of_a_name_keep_their_places() -> None:
    assert study_summary(line()).patient_name == "SYNTHETIC^ONE==x"


@pytest.mark.parametrize(
    ("name", "presentation"),
    [
        ("acuson-stress-baseline-v1", "stored-jpeg"),
        ("philips-epiq7-jpeg-lossless", "rendered"),
        ("palette-rle-10frames", "rendered"),
        ("toshiba-xario-mmode", "rendered"),
        ("basic-text-sr", "none"),
        ("encapsulated-pdf", "none"),
    ],
)
async def test_each_object_is_shown_in_the_way_that_is_right_for_it(
    shelf: Shelf, name: str, presentation: str
) -> None:
    one = shelf.selections[name]
    detail = (await shelf.web.client.get(f"/api/studies/{one.study_instance_uid}")).json()
    (shown,) = (
        instance["presentation"]
        for series in detail["series"]
        for instance in series["instances"]
        if instance["sopInstanceUID"] == one.sop_instance_uid
    )
    assert shown == presentation


async def test_a_stress_echo_tells_its_stage_and_view(shelf: Shelf) -> None:
    one = shelf.selections["acuson-stress-baseline-v1"]
    detail = (await shelf.web.client.get(f"/api/studies/{one.study_instance_uid}")).json()
    stages = {
        instance["stageName"] for series in detail["series"] for instance in series["instances"]
    }
    assert stages == {"Baseline"}


@pytest.mark.parametrize(
    ("name", "seconds_per_column"),
    [("hp-pediatric-echo-3", 0.005025), ("palette-rle-10frames", None), ("basic-text-sr", None)],
)
async def test_a_loop_tells_where_its_ecg_is_painted(
    shelf: Shelf, name: str, seconds_per_column: float | None
) -> None:
    one = shelf.selections[name]
    detail = (await shelf.web.client.get(f"/api/studies/{one.study_instance_uid}")).json()
    (trace,) = (
        instance["paintedECG"]
        for series in detail["series"]
        for instance in series["instances"]
        if instance["sopInstanceUID"] == one.sop_instance_uid
    )
    found = None if trace is None else trace["secondsPerColumn"]
    assert found == (seconds_per_column and pytest.approx(seconds_per_column, abs=1e-6))
