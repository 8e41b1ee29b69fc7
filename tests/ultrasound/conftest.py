"""Real objects for the tests of calibration and timing."""

import warnings
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest

from sonarium.domain.attributes import Attributes


@pytest.fixture
def real_attributes(testdata: Path) -> Callable[[str], Attributes]:
    """Read the header of a real ultrasound object by the stem of its file's name."""

    def read(stem: str) -> Attributes:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            real = pydicom.dcmread(
                testdata / "dicom" / "us" / f"{stem}.dcm", stop_before_pixels=True
            )
            attributes: Attributes = real.to_json_dict()
        return attributes

    return read
