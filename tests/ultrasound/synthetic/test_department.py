from collections.abc import Callable
from datetime import UTC, datetime

from pydicom import Dataset
from pydicom.uid import UID

from sonarium.dicom.uids import JPEG_BASELINE
from sonarium.ultrasound.synthetic.department import iter_department, iter_study, teaching_case
from sonarium.ultrasound.synthetic.objects import SyntheticObject
from sonarium.ultrasound.synthetic.schedule import Appointment, appointments

Read = Callable[[SyntheticObject], Dataset]
NOW = datetime(2026, 5, 20, 17, 30, tzinfo=UTC)


def test_the_same_seed_gives_the_same_bytes(appointment: Callable[..., Appointment]) -> None:
    first, again = (list(iter_study(appointment("fetal"))) for _ in range(2))
    assert first == again


def test_another_seed_gives_other_patients_and_other_pixels() -> None:
    first, other = (
        next(iter(iter_study(one)))
        for one in (
            next(one for one in appointments(seed, None, NOW) if one.kind == "fetal")
            for seed in (1, 2)
        )
    )
    assert first.sop_instance_uid != other.sop_instance_uid
    assert first.data_set != other.data_set


def test_a_study_belongs_to_one_patient_and_runs_forward(
    appointment: Callable[..., Appointment], read: Read
) -> None:
    one = appointment("leg veins")
    made = list(iter_study(one))
    found = [read(each) for each in made]
    assert len({each.sop_instance_uid for each in made}) == len(made)
    assert {each.study_instance_uid for each in made} == {found[0].StudyInstanceUID}
    assert {each.patient_id for each in made} == {one.patient.patient_id}
    assert [each.InstanceNumber for each in found] == list(range(1, len(made) + 1))
    times = [each.AcquisitionDateTime for each in found]
    assert times == sorted(times)
    assert found[0].StudyDate == one.started.strftime("%Y%m%d")
    assert found[0].StudyDescription == "Leg veins, compression"
    assert found[0].ManufacturerModelName == "Vascular One"
    assert found[0].AccessionNumber.startswith("SYNA")
    assert all(each.transfer_syntax_uid == JPEG_BASELINE for each in made)
    assert all(UID(each.sop_instance_uid).is_valid for each in made)


def test_studies_share_no_identifier() -> None:
    schedule = appointments(2026, 20, NOW)
    kept = [one for one in schedule if one.kind == "fetal"][:2]
    made = [each for one in kept for each in iter_study(one)]
    assert len({each.sop_instance_uid for each in made}) == len(made)
    assert len({each.study_instance_uid for each in made}) == len(kept)
    assert len({each.series_instance_uid for each in made}) == 2 * len(kept)


def test_a_department_is_its_studies_one_after_another() -> None:
    made = iter_department(2026, 2, NOW)
    first = next(made)
    (earliest, _) = appointments(2026, 2, NOW)
    assert first == next(iter_study(earliest))
    assert first.patient_id == earliest.patient.patient_id


def test_the_teaching_case_tells_nobody_whose_it_is(read: Read) -> None:
    image = read(next(iter_study(teaching_case(1, NOW))))
    assert (image.PatientIdentityRemoved, image.PatientID) == ("YES", "SYN-9001")
    assert image.InstitutionalDepartmentName == "Vascular Laboratory"
