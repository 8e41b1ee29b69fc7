import numpy as np
from numpy.typing import NDArray

from sonarium.dicom.pixels.arrays import Picture


def test_a_picture_has_eight_bits() -> None:
    assert Picture == NDArray[np.uint8]
