"""From stored values to shades on a screen (PS3.3 C.11.1, C.11.2; PS3.4 N.2)."""

from typing import Final

import numpy as np
import numpy.typing as npt

from sonarium.dicom.pixels.arrays import Picture, StoredValues
from sonarium.dicom.pixels.format import Greyscale, LookupTable, PixelFormat, VOIFunction, Window
from sonarium.dicom.pixels.lookup import table_entries

_WIDEST_TABLE_BITS: Final = 16
_SCREEN_BITS: Final = 8
_WHITE: Final = 255.0
_NARROWEST: Final = 1e-9
_STEEPEST: Final = 700.0
_WHOLE_RANGE: Final = (None, Window(128, 256), Window(127.5, 255, VOIFunction.LINEAR_EXACT))

Shades = npt.NDArray[np.float64]


def shades_of_grey(
    values: StoredValues, layout: PixelFormat, window: Window | None = None
) -> Picture:
    """Show MONOCHROME1 or MONOCHROME2 values.

    Order: modality LUT or rescale; then `window`, the object's VOI LUT, its window, or
    (without any) all of 8 bits and the used range of more; then the presentation
    shape. Values of up to 16 bits go through one table.

    Args:
        values: as stored, sign and unused bits settled.
        layout: the object's description.
        window: instead of the object's own.
    """
    greyscale = layout.greyscale
    is_dark_high = layout.photometric_interpretation == "MONOCHROME1" or greyscale.is_inverse
    if values.dtype == np.uint8 and shows_as_stored(layout, window):
        picture = values.astype(np.uint8, copy=False)
        return 255 - picture if is_dark_high else picture
    voi = window or greyscale.voi_lut or greyscale.window or default_window(values, layout)
    if layout.is_float or layout.bits_stored > _WIDEST_TABLE_BITS:
        finite = np.nan_to_num(values.astype(np.float64))
        return _to_screen(_shade(finite, greyscale, voi), is_dark_high=is_dark_high)
    lowest, highest = _representable(layout)
    domain = np.arange(lowest, highest + 1, dtype=np.float64)
    table = _to_screen(_shade(domain, greyscale, voi), is_dark_high=is_dark_high)
    places = values.astype(np.int32) - lowest if lowest else values.astype(np.uint16, copy=False)
    return table.take(places, mode="clip")


def shows_as_stored(layout: PixelFormat, window: Window | None) -> bool:
    """Tell whether stored values are shades already: 8 bits, and nothing that changes them."""
    greyscale = layout.greyscale
    return (
        layout.bits_stored == _SCREEN_BITS
        and not layout.is_signed
        and greyscale.modality_lut is None
        and greyscale.voi_lut is None
        and greyscale.rescale_slope == 1
        and greyscale.rescale_intercept == 0
        and (window or greyscale.window) in _WHOLE_RANGE
    )


def _representable(layout: PixelFormat) -> tuple[int, int]:
    bits = layout.bits_stored
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if layout.is_signed else (0, (1 << bits) - 1)


def lacks_window(layout: PixelFormat) -> bool:
    """Tell whether the window of a frame has to be found in its pixels."""
    greyscale = layout.greyscale
    is_deep = layout.bits_stored > _SCREEN_BITS
    return is_deep and greyscale.window is None and greyscale.voi_lut is None


def default_window(values: StoredValues, layout: PixelFormat) -> Window:
    """Return a window where an object has none.

    All of 8 bits or fewer, which scanners fill for the screen; of more the range that
    the frame uses, padding aside.
    """
    greyscale = layout.greyscale
    if layout.bits_stored <= _SCREEN_BITS:
        lowest, highest = map(float, _representable(layout))
    else:
        shown = values[np.isfinite(values)] if layout.is_float else values.reshape(-1)
        if greyscale.padding_value is not None:
            shown = shown[shown != greyscale.padding_value]
        lowest, highest = (float(shown.min()), float(shown.max())) if shown.size else (0.0, 1.0)
    ends = _modality(np.array([lowest, highest]), greyscale)
    low, high = float(ends.min()), float(ends.max())
    high = max(high, low + _NARROWEST)  # a frame of one value is black
    return Window((low + high) / 2, high - low, VOIFunction.LINEAR_EXACT)


def _shade(values: Shades, greyscale: Greyscale, voi: Window | LookupTable) -> Shades:
    """Return shades from 0 (black) to 1 (white); outside these means the same as the end."""
    shades = _modality(values, greyscale)
    if isinstance(voi, Window):
        return _through_window(shades, voi)
    table = table_entries(voi)
    return _through(shades, voi, table) / _table_white(voi, table)


def _modality(values: Shades, greyscale: Greyscale) -> Shades:
    if greyscale.modality_lut is not None:
        return _through(values, greyscale.modality_lut, table_entries(greyscale.modality_lut))
    shades: Shades = values * greyscale.rescale_slope + greyscale.rescale_intercept
    return shades


def _through(values: Shades, lut: LookupTable, table: npt.NDArray[np.uint16]) -> Shades:
    first = lut.first_mapped
    if first >= 0x8000 and values.size and values.min() < 0:
        first -= 0x10000  # written as unsigned beside values that are not
    places = np.clip(np.floor(values + 0.5) - first, 0, len(table) - 1).astype(np.intp)
    found: Shades = table.astype(np.float64)[places]
    return found


def _table_white(lut: LookupTable, table: npt.NDArray[np.uint16]) -> float:
    """Return the value that a table means by white; descriptors name too few bits at times."""
    declared = (1 << lut.bits) - 1 if 1 <= lut.bits <= 16 else 0xFFFF
    return float(max(declared, int(table.max()), 1))


def _through_window(values: Shades, window: Window) -> Shades:
    center, width = window.center, window.width
    match window.function:
        case VOIFunction.SIGMOID:
            steep = np.clip(-4 * (values - center) / width, -_STEEPEST, _STEEPEST)
            curve: Shades = np.reciprocal(1 + np.exp(steep))
            return curve
        case VOIFunction.LINEAR_EXACT:
            exact: Shades = (values - center) / width + 0.5
            return exact
        case VOIFunction.LINEAR if width > 1:
            linear: Shades = (values - (center - 0.5)) / (width - 1) + 0.5
            return linear
        case _:
            return (values > center - 0.5).astype(np.float64)


def _to_screen(shades: Shades, *, is_dark_high: bool) -> Picture:
    bounded = np.clip(shades, 0.0, 1.0)
    lit = 1.0 - bounded if is_dark_high else bounded
    return np.floor(lit * _WHITE + 0.5).astype(np.uint8)
