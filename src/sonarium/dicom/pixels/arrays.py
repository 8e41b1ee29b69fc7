"""The two kinds of array that this room passes around."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

StoredValues: TypeAlias = npt.NDArray[np.integer[Any] | np.floating[Any]]
"""Stored values, `[rows, columns]` or `[rows, columns, 3]`: indexes, shades or colours."""

Picture: TypeAlias = npt.NDArray[np.uint8]
"""`uint8[rows, columns]` (grey) or `uint8[rows, columns, 3]` (sRGB), ready for a screen."""
