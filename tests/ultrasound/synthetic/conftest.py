"""One study of each kind, made once for the whole run."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image

from sonarium.ultrasound.synthetic.acquisition import Acquisition
from sonarium.ultrasound.synthetic.examinations import examine
from sonarium.ultrasound.synthetic.objects import SyntheticObject
from sonarium.ultrasound.synthetic.schedule import Appointment, Kind, appointments

NOW = datetime(2026, 5, 20, 17, 30, tzinfo=UTC)


@cache
def _appointment(kind: Kind, ordinal: int = 1) -> Appointment:
    return next(
        one
        for one in appointments(2026, None, NOW)
        if (one.kind, one.patient.ordinal) == (kind, ordinal)
    )


@cache
def _examined(kind: Kind, ordinal: int = 1) -> tuple[Acquisition, ...]:
    return tuple(examine(_appointment(kind, ordinal)))


def _decoded(stream: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(stream)).convert("RGB"))


def _read(synthetic: SyntheticObject) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(synthetic.part10()))


@pytest.fixture(scope="session")
def appointment() -> Callable[..., Appointment]:
    """Find the first visit of a patient of the demonstration."""
    return _appointment


@pytest.fixture(scope="session")
def examined() -> Callable[..., tuple[Acquisition, ...]]:
    """Record that visit; the same acquisitions every time."""
    return _examined


@pytest.fixture(scope="session")
def decoded() -> Callable[[bytes], NDArray[np.uint8]]:
    """Decode a frame: uint8[rows, columns, 3]."""
    return _decoded


@pytest.fixture(scope="session")
def read() -> Callable[[SyntheticObject], pydicom.Dataset]:
    """Read an object as any other program would."""
    return _read
