from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sonarium.ultrasound.synthetic.schedule import appointments

NOW = datetime(2026, 5, 20, 17, 30, tzinfo=UTC)


def test_the_demonstration_has_every_kind_and_priors() -> None:
    schedule = appointments(2026, None, NOW)
    kinds = Counter(one.kind for one in schedule)
    assert set(kinds) == {
        "adult echo", "stress echo", "child echo", "fetal", "carotid", "leg veins",
    }  # fmt: skip
    visits = Counter(one.patient.patient_id for one in schedule)
    assert max(visits.values()) == 3
    assert 15 <= len(schedule) <= 22


def test_nothing_starts_later_than_now_and_the_oldest_comes_first() -> None:
    for schedule in (appointments(2026, None, NOW), appointments(3, 60, NOW)):
        assert all(one.started <= NOW - timedelta(minutes=60) for one in schedule)
        assert all(a.started <= b.started for a, b in pairwise(schedule))
        assert [one.number for one in schedule] == list(range(1, len(schedule) + 1))


def test_any_number_of_studies_can_be_had() -> None:
    for studies in (0, 1, 7, 45):
        assert len(appointments(2026, studies, NOW)) == studies


def test_a_patient_is_the_same_on_every_visit() -> None:
    schedule = appointments(2026, 60, NOW)
    by_id = {one.patient.patient_id: one.patient for one in schedule}
    assert all(by_id[one.patient.patient_id] == one.patient for one in schedule)
    assert len({patient.name for patient in by_id.values()}) == len(by_id)


def test_visits_of_a_patient_are_numbered_in_time() -> None:
    seen: Counter[str] = Counter()
    for one in appointments(2026, 60, NOW):
        seen[one.patient.patient_id] += 1
        assert one.visit == seen[one.patient.patient_id]


def test_bodies_fit_their_examination() -> None:
    for one in appointments(2026, 60, NOW):
        age = (NOW.date() - one.patient.born).days / 365.25
        if one.kind == "child echo":
            assert 1 <= age < 6
            assert 75 < one.patient.height_cm < 125
            assert one.patient.weight_kg < 30
        else:
            assert age >= 22
            assert 140 < one.patient.height_cm < 205
        if one.kind == "fetal":
            assert one.patient.sex == "F"
            assert age <= 40


def test_the_same_seed_gives_the_same_schedule() -> None:
    assert appointments(5, 20, NOW) == appointments(5, 20, NOW)
    assert appointments(5, 20, NOW) != appointments(6, 20, NOW)
