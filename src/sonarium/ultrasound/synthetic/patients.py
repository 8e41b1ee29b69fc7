"""Patients who never were, and the seed from which everything about them follows."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np

ISSUER: Final = "SONARIUM-DEMO"
_NAMESPACE: Final = uuid.UUID("9a4e3f0e-6a1c-5f0f-9f53-2a8f3a6d51c7")


@dataclass(frozen=True, slots=True)
class Seed:
    """The origin of one department: the same seed gives the same bytes."""

    value: int
    moment: str
    """When the department was made: other dates are other objects, and need other UIDs."""

    def uid(self, *parts: object) -> str:
        """Make a UID that depends on this seed and on `parts` (PS3.5 B.2)."""
        name = "/".join(map(str, (self.value, self.moment, *parts)))
        return f"2.25.{uuid.uuid5(_NAMESPACE, name).int}"

    def rng(self, *parts: object) -> np.random.Generator:
        """Make a source of chance that depends on this seed's value and on `parts`."""
        name = "/".join(map(str, (self.value, *parts)))
        return np.random.default_rng(uuid.uuid5(_NAMESPACE, name).int)


@dataclass(frozen=True, slots=True)
class Patient:
    """One synthetic patient."""

    number: int
    kind: str
    """What the name says: "ADULT ECHO"."""
    ordinal: int
    sex: Literal["F", "M", "O"]
    born: date
    height_cm: float
    weight_kg: float

    @property
    def name(self) -> str:
        """Plainly no person's name."""
        return f"SYNTHETIC^{self.kind} {self.ordinal:02d}"

    @property
    def patient_id(self) -> str:
        """Identifier at `ISSUER`."""
        return f"SYN-{self.number:04d}"

    def age_text(self, on: date) -> str:
        """Write the age as DICOM does (AS): years, or months below two years."""
        months = (on.year - self.born.year) * 12 + on.month - self.born.month
        months -= on.day < self.born.day
        return f"{months:03d}M" if months < 24 else f"{months // 12:03d}Y"
