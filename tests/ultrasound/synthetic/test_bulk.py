from collections.abc import Callable, Iterator

import pytest
from pydicom import Dataset
from pydicom.encaps import generate_frames

from sonarium.ultrasound.synthetic.bulk import (
    CINE_BYTES,
    STILL_BYTES,
    cine_4_mb,
    header_only,
    still_65_kb,
)
from sonarium.ultrasound.synthetic.objects import SyntheticObject

Read = Callable[[SyntheticObject], Dataset]
Make = Callable[..., Iterator[SyntheticObject]]


@pytest.mark.parametrize(
    ("make", "size"), [(still_65_kb, STILL_BYTES), (cine_4_mb, CINE_BYTES), (header_only, 2_100)]
)
def test_objects_have_their_size_and_are_all_different(make: Make, size: int) -> None:
    made = list(make(5))
    assert len(made) == 5
    for one in made:
        assert len(one.data_set) == pytest.approx(size, rel=0.03)
    for key in ("sop_instance_uid", "study_instance_uid", "patient_id", "data_set"):
        assert len({getattr(one, key) for one in made}) == 5


def test_the_header_says_what_the_keys_say(read: Read) -> None:
    for one in still_65_kb(3):
        found = read(one)
        assert found.SOPInstanceUID == one.sop_instance_uid
        assert found.StudyInstanceUID == one.study_instance_uid
        assert found.SeriesInstanceUID == one.series_instance_uid
        assert found.PatientID == one.patient_id
        assert found.SyntheticData == "YES"
        assert str(found.PatientName).startswith("SYNTHETIC^")
        years = int(found.StudyDate[:4]) - int(found.PatientBirthDate[:4])
        assert years - 1 <= int(found.PatientAge[:3]) <= years
        assert next(generate_frames(found.PixelData, number_of_frames=1))[:2] == b"\xff\xd8"


def test_a_cine_has_all_its_frames(read: Read) -> None:
    (one,) = cine_4_mb(1)
    found = read(one)
    frames = list(generate_frames(found.PixelData, number_of_frames=found.NumberOfFrames))
    assert len(frames) == found.NumberOfFrames > 25


def test_objects_share_studies_and_patients_as_asked() -> None:
    made = list(header_only(12, objects_in_study=3, studies_of_patient=2))
    assert len({one.study_instance_uid for one in made}) == 4
    assert len({one.series_instance_uid for one in made}) == 4
    assert len({one.patient_id for one in made}) == 2
    assert len({one.sop_instance_uid for one in made}) == 12


def test_other_seeds_give_other_identifiers_and_the_same_seed_the_same() -> None:
    first, again, other = (list(header_only(3, seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert not {one.sop_instance_uid for one in first} & {one.sop_instance_uid for one in other}
