from datetime import date

import pytest
from pydicom.uid import UID

from sonarium.ultrasound.synthetic.patients import Patient, Seed


def patient(born: date) -> Patient:
    return Patient(7, "ADULT ECHO", 2, "F", born, 165.0, 62.0)


def test_a_patient_is_plainly_nobody() -> None:
    one = patient(date(1960, 5, 4))
    assert one.name == "SYNTHETIC^ADULT ECHO 02"
    assert one.patient_id == "SYN-0007"


@pytest.mark.parametrize(
    ("born", "text"),
    [
        (date(1960, 5, 20), "066Y"),
        (date(1960, 5, 21), "065Y"),
        (date(2024, 5, 20), "002Y"),
        (date(2024, 5, 21), "023M"),
        (date(2026, 4, 20), "001M"),
        (date(2026, 5, 1), "000M"),
    ],
)
def test_age_is_written_in_years_or_below_two_in_months(born: date, text: str) -> None:
    assert patient(born).age_text(date(2026, 5, 20)) == text


def test_a_uid_depends_on_seed_moment_and_purpose() -> None:
    seed = Seed(1, "2026-05-20T10:00:00+00:00")
    uids = {
        seed.uid("study", 1),
        seed.uid("study", 2),
        Seed(2, seed.moment).uid("study", 1),
        Seed(1, "2026-05-21T10:00:00+00:00").uid("study", 1),
    }
    assert len(uids) == 4
    assert all(UID(uid).is_valid and uid.startswith("2.25.") for uid in uids)
    assert seed.uid("study", 1) == Seed(1, seed.moment).uid("study", 1)


def test_chance_depends_on_the_seed_but_not_on_the_moment() -> None:
    first = Seed(1, "a").rng("heart").random()
    assert first == Seed(1, "b").rng("heart").random()
    assert first != Seed(2, "a").rng("heart").random()
    assert first != Seed(1, "a").rng("legs").random()
