"""Questions as findscu asks them."""

from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from tests.peers.dcmtk import Finished, run
from tests.running_archive import RunningArchive

pytestmark = pytest.mark.peers

STRESS_STUDY_FILES = "acuson-stress-baseline-v*.dcm"


@pytest.fixture
async def filled(sonarium: RunningArchive, testdata: Path) -> RunningArchive:
    for path in sorted((testdata / "dicom" / "us").glob(STRESS_STUDY_FILES)):
        await sonarium.keep(path)
    for name in (
        "us/ge-vivid7-colour-cine",
        "charset/chrFren",
        "charset/chrH31",
        "charset/chrRuss",
    ):
        await sonarium.keep(testdata / "dicom" / f"{name}.dcm")
    return sonarium


async def find(
    archive: RunningArchive, folder: Path, *keys: str, model: str = "-S", options: str = ""
) -> tuple[list[Dataset], Finished]:
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    asked = [part for key in keys for part in ("-k", key)]
    finished = await run(
        "findscu", model, "-v", "-X", "-od", folder, *options.split(), "-aec", "SONARIUM",
        "127.0.0.1", str(archive.port), *asked,
    )  # fmt: skip
    return [dcmread(path, force=True) for path in sorted(folder.iterdir())], finished


async def test_studies_are_found_with_what_a_person_wants_to_know(
    filled: RunningArchive, testdata: Path, tmp_path: Path
) -> None:
    original = dcmread(testdata / "dicom" / "us" / "acuson-stress-baseline-v1.dcm")
    [study], _ = await find(
        filled, tmp_path / "found", "QueryRetrieveLevel=STUDY",
        f"StudyInstanceUID={original.StudyInstanceUID}", "PatientName", "StudyDate",
        "ModalitiesInStudy", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances",
        "SOPClassesInStudy", "InstanceAvailability",
    )  # fmt: skip
    assert study.PatientName == original.PatientName
    assert study.ModalitiesInStudy == "US"
    assert study.NumberOfStudyRelatedInstances == 6
    assert study.SOPClassesInStudy == "1.2.840.10008.5.1.4.1.1.3.1"
    assert study.RetrieveAETitle == "SONARIUM"
    assert study.InstanceAvailability == "ONLINE"
    assert study.QueryRetrieveLevel == "STUDY"


async def test_every_level_answers(filled: RunningArchive, testdata: Path, tmp_path: Path) -> None:
    original = dcmread(testdata / "dicom" / "us" / "acuson-stress-baseline-v1.dcm")
    folder = tmp_path / "found"
    patients, _ = await find(
        filled, folder, "QueryRetrieveLevel=PATIENT", f"PatientID={original.PatientID}",
        "PatientName", "NumberOfPatientRelatedInstances", model="-P",
    )  # fmt: skip
    assert [patient.NumberOfPatientRelatedInstances for patient in patients] == [6]
    study = f"StudyInstanceUID={original.StudyInstanceUID}"
    series, _ = await find(
        filled, folder, "QueryRetrieveLevel=SERIES", study, "SeriesInstanceUID", "Modality",
        "NumberOfSeriesRelatedInstances",
    )  # fmt: skip
    assert {one.Modality for one in series} == {"US"}
    assert sum(one.NumberOfSeriesRelatedInstances for one in series) == 6
    first = f"SeriesInstanceUID={original.SeriesInstanceUID}"
    images, _ = await find(
        filled, folder, "QueryRetrieveLevel=IMAGE", study, first, "SOPInstanceUID",
        "StageName", "NumberOfFrames",
    )  # fmt: skip
    assert original.SOPInstanceUID in {one.SOPInstanceUID for one in images}
    assert {one.NumberOfFrames for one in images} == {10}


async def test_hierarchical_queries_need_the_keys_above(
    filled: RunningArchive, tmp_path: Path
) -> None:
    found, finished = await find(
        filled, tmp_path / "found", "QueryRetrieveLevel=SERIES", "Modality=US"
    )
    assert found == []
    assert "DataSetDoesNotMatchSOPClass" in finished.output or "a900" in finished.output.lower()


async def test_names_match_without_case_and_accents(filled: RunningArchive, tmp_path: Path) -> None:
    for name in ("BUC^JEROME", "buc^jérôme", "buc^j*"):
        found, _ = await find(
            filled, tmp_path / "found", "QueryRetrieveLevel=STUDY",
            "SpecificCharacterSet=ISO_IR 192", f"PatientName={name}", "StudyInstanceUID",
        )  # fmt: skip
        assert [str(study.PatientName) for study in found] == ["Buc^Jérôme"]
        assert found[0].SpecificCharacterSet == "ISO_IR 192"


async def test_answers_come_in_a_character_set_that_the_requestor_named_or_that_fits(
    filled: RunningArchive, testdata: Path, tmp_path: Path
) -> None:
    async def characters(*keys: str) -> list[tuple[str, str]]:
        found, _ = await find(
            filled, tmp_path / "found", "QueryRetrieveLevel=STUDY", "StudyInstanceUID", *keys
        )
        return [(str(one.SpecificCharacterSet), str(one.PatientName)) for one in found]

    assert await characters("PatientName=Buc*") == [("ISO_IR 100", "Buc^Jérôme")]
    russian = dcmread(testdata / "dicom" / "charset" / "chrRuss.dcm").PatientID
    [(term, name)] = await characters(
        "SpecificCharacterSet=ISO_IR 144", f"PatientID={russian}", "PatientName"
    )
    assert (term, name) == ("ISO_IR 144", "Люкceмбypг")
    [(term, name)] = await characters("PatientName=Yamada*")
    assert term == "ISO_IR 192"
    assert name.startswith("Yamada^Tarou=山田^太郎")


async def test_the_first_matches_come_before_a_cancel_stops_the_rest(
    filled: RunningArchive, tmp_path: Path
) -> None:
    found, finished = await find(
        filled, tmp_path / "found", "QueryRetrieveLevel=STUDY", "StudyInstanceUID",
        options="--cancel 1",
    )  # fmt: skip
    assert found
    assert finished.exit_code == 0
