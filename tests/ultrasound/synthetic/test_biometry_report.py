import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import which

import pytest
from pydicom import Dataset
from pydicom.sr._concepts_dict import concepts as standard

from sonarium.ultrasound.measuring.obstetrics import hadlock_1985_weight_g
from sonarium.ultrasound.synthetic.biometry_report import COMPREHENSIVE_SR
from sonarium.ultrasound.synthetic.department import iter_study
from sonarium.ultrasound.synthetic.fetal_examination import fetal_sizes
from sonarium.ultrasound.synthetic.objects import SyntheticObject
from sonarium.ultrasound.synthetic.schedule import Appointment


@pytest.fixture(scope="module")
def study(appointment: Callable[..., Appointment]) -> list[SyntheticObject]:
    return list(iter_study(appointment("fetal")))


@pytest.fixture(scope="module")
def report(study: list[SyntheticObject], read: Callable[[SyntheticObject], Dataset]) -> Dataset:
    return read(study[-1])


def items(parent: Dataset, concept: str) -> list[Dataset]:
    """List all items below a parent by the code of their concept."""
    found = []
    for item in parent.get("ContentSequence", ()):
        if "ConceptNameCodeSequence" in item and (
            item.ConceptNameCodeSequence[0].CodeValue == concept
        ):
            found.append(item)
        found += items(item, concept)
    return found


def number(item: Dataset) -> tuple[float, str]:
    value = item.MeasuredValueSequence[0]
    return float(value.NumericValue), value.MeasurementUnitsCodeSequence[0].CodeValue


def test_the_report_comes_last_in_a_series_of_its_own(
    study: list[SyntheticObject], report: Dataset
) -> None:
    assert study[-1].sop_class_uid == COMPREHENSIVE_SR
    assert report.Modality == "SR"
    assert report.SyntheticData == "YES"
    assert report.SeriesInstanceUID not in {one.series_instance_uid for one in study[:-1]}
    assert report.StudyInstanceUID == study[0].study_instance_uid


@pytest.mark.parametrize(
    ("code", "name"),
    [("11820-8", "BPD"), ("11984-2", "HC"), ("11979-2", "AC"), ("11963-6", "FL")],
)
def test_each_size_is_that_of_the_picture(
    report: Dataset, appointment: Callable[..., Appointment], code: str, name: str
) -> None:
    sizes = fetal_sizes(appointment("fetal"))
    painted = {
        "BPD": sizes.biparietal_cm,
        "HC": sizes.head_cm,
        "AC": sizes.abdomen_cm,
        "FL": sizes.femur_cm,
    }
    (item,) = items(report, code)
    assert number(item) == (pytest.approx(painted[name], abs=0.001), "cm")


def test_each_size_refers_to_an_image_that_the_evidence_lists(
    report: Dataset, study: list[SyntheticObject]
) -> None:
    evidence = report.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]
    listed = {one.ReferencedSOPInstanceUID for one in evidence.ReferencedSOPSequence}
    drawn = {
        item.ContentSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        for code in ("11820-8", "11984-2", "11979-2", "11963-6")
        for item in items(report, code)
    }
    assert drawn == listed == {one.sop_instance_uid for one in study[:3]}


def test_ages_agree_with_the_fetus_and_the_weight_with_its_equation(
    report: Dataset, appointment: Callable[..., Appointment]
) -> None:
    sizes = fetal_sizes(appointment("fetal"))
    ages = [number(item) for item in items(report, "18185-9")]
    assert len(ages) == 4
    for days, unit in ages:
        assert unit == "d"
        assert days == pytest.approx(7 * sizes.weeks, rel=0.05)
    (weight,) = items(report, "11727-5")
    grams = hadlock_1985_weight_g(
        bpd_cm=sizes.biparietal_cm,
        hc_cm=sizes.head_cm,
        ac_cm=sizes.abdomen_cm,
        fl_cm=sizes.femur_cm,
    )
    assert number(weight) == (pytest.approx(grams, abs=0.6), "g")


def test_concepts_are_the_standards(report: Dataset) -> None:
    names = [
        item.ConceptNameCodeSequence[0]
        for code in ("125008", "125002", "125005", "18185-9", "11727-5", "121420")
        for item in items(report, code)
    ]
    for name in names:
        known = {
            value
            for values in standard[name.CodingSchemeDesignator].values()
            for value in values  # type: ignore[attr-defined]
        }
        assert name.CodeValue in known


@pytest.mark.skipif(which("dciodvfy") is None, reason="dicom3tools is not installed")
def test_an_independent_validator_finds_no_error(
    study: list[SyntheticObject], tmp_path: Path
) -> None:
    file = tmp_path / "report.dcm"
    file.write_bytes(study[-1].part10())
    told = subprocess.run(
        ["dciodvfy", "-new", str(file)], capture_output=True, text=True, check=False
    )
    errors = [
        line
        for line in told.stderr.splitlines()
        if line.startswith("Error") and "(0008,001c)" not in line
    ]
    assert errors == []
