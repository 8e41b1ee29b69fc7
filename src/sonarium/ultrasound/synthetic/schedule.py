"""Who came when, and for what: the appointments of the department's last weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

import numpy as np

from sonarium.ultrasound.synthetic.patients import Patient, Seed

Kind = Literal["adult echo", "stress echo", "child echo", "fetal", "carotid", "leg veins"]


@dataclass(frozen=True, slots=True)
class Appointment:
    """One study to be made; everything in it follows from the seed."""

    seed: Seed
    kind: Kind
    patient: Patient
    started: datetime
    number: int
    visit: int
    """Which visit of this patient, from 1."""


_DEMONSTRATION: Final[Sequence[tuple[Kind, int, tuple[int, ...]]]] = (
    # kind, patient of that kind, days before `now` of each visit
    ("adult echo", 1, (182, 3)),
    ("adult echo", 2, (12,)),
    ("adult echo", 3, (1,)),
    ("adult echo", 4, (27, 0)),
    ("stress echo", 1, (5,)),
    ("stress echo", 2, (0,)),
    ("child echo", 1, (92, 2)),
    ("fetal", 1, (70, 28, 0)),
    ("fetal", 2, (8,)),
    ("carotid", 1, (1,)),
    ("carotid", 2, (19,)),
    ("leg veins", 1, (0,)),
)
"""The set of `sonarium demo`: about twenty studies with priors."""

_KIND_NAMES: Final = {
    "adult echo": "ADULT ECHO",
    "stress echo": "STRESS ECHO",
    "child echo": "CHILD ECHO",
    "fetal": "FETAL",
    "carotid": "CAROTID",
    "leg veins": "LEG VEINS",
}
_ORDER: Final[tuple[Kind, ...]] = (
    "adult echo", "fetal", "carotid", "adult echo", "stress echo", "child echo", "leg veins",
)  # fmt: skip
_AGES: Final = {
    "adult echo": (38, 84),
    "stress echo": (46, 74),
    "child echo": (1, 6),
    "fetal": (22, 40),
    "carotid": (55, 82),
    "leg veins": (30, 78),
}


def appointments(seed: int, studies: int | None, now: datetime) -> list[Appointment]:
    """List the studies of a department, oldest first.

    Args:
        studies: how many; None for the demonstration's own set.
        now: an aware moment; nothing starts later.
    """
    moment = now.isoformat(timespec="seconds")
    origin = Seed(seed, moment)
    visits = _demonstration() if studies is None else _more(origin, studies)
    ordered = sorted(
        (_start(origin, now, days, at), kind, ordinal)
        for at, (kind, ordinal, days) in enumerate(visits)
    )
    numbers: dict[tuple[Kind, int], int] = {}
    seen: dict[tuple[Kind, int], int] = {}
    made = []
    for number, (started, kind, ordinal) in enumerate(ordered, start=1):
        key = (kind, ordinal)
        patient_number = numbers.setdefault(key, len(numbers) + 1)
        seen[key] = seen.get(key, 0) + 1
        patient = _patient(origin, kind, ordinal, patient_number, now.date())
        made.append(Appointment(origin, kind, patient, started, number, seen[key]))
    return made


def _demonstration() -> list[tuple[Kind, int, int]]:
    return [(kind, ordinal, days) for kind, ordinal, visits in _DEMONSTRATION for days in visits]


def _more(origin: Seed, studies: int) -> list[tuple[Kind, int, int]]:
    """Draw any number of visits over eight weeks; a third of them are return visits."""
    rng = origin.rng("visits")
    visits: list[tuple[Kind, int, int]] = []
    patients = dict.fromkeys(_ORDER, 0)
    for at in range(studies):
        kind = _ORDER[at % len(_ORDER)]
        if patients[kind] == 0 or rng.random() > 1 / 3:
            patients[kind] += 1
            ordinal = patients[kind]
        else:
            ordinal = int(rng.integers(1, patients[kind] + 1))
        visits.append((kind, ordinal, int(rng.integers(0, 56))))
    return visits


def _start(origin: Seed, now: datetime, days: int, at: int) -> datetime:
    """Choose a time of the working day; today's studies are already over."""
    rng = origin.rng("start", at)
    minute = int(rng.integers(0, 9 * 60 // 15)) * 15 + int(rng.integers(0, 9))
    day = (now - timedelta(days=days)).date()
    started = datetime.combine(day, time(7, 45), now.tzinfo) + timedelta(minutes=minute)
    latest = now - timedelta(minutes=75 + 41 * (at % 5))
    return min(started, latest).replace(microsecond=0)


def _patient(origin: Seed, kind: Kind, ordinal: int, number: int, today: date) -> Patient:
    rng = origin.rng("patient", kind, ordinal)
    low, high = _AGES[kind]
    born = today - timedelta(days=int(rng.integers(low * 365, high * 365)))
    sex: Literal["F", "M"] = "F" if kind == "fetal" or rng.random() < 0.5 else "M"
    height, weight = _body(kind, sex, (today - born).days / 365.25, rng)
    return Patient(number, _KIND_NAMES[kind], ordinal, sex, born, height, weight)


def _body(
    kind: Kind, sex: Literal["F", "M"], age: float, rng: np.random.Generator
) -> tuple[float, float]:
    if kind == "child echo":
        height = 77 + 6.6 * age + float(rng.normal(0, 2.5))
        return round(height, 1), round(15.8 * (height / 100) ** 2 + float(rng.normal(0, 0.6)), 1)
    height = float(rng.normal(164 if sex == "F" else 177, 6))
    index = float(np.clip(rng.normal(26, 3.5), 19, 38))
    return round(height, 1), round(index * (height / 100) ** 2, 1)
