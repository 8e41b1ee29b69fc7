"""Coded concepts that the synthetic department writes (PS3.16)."""

from collections.abc import Mapping
from typing import Final

from sonarium.ultrasound.synthetic.acquisition import Code

VIEWS: Final[Mapping[str, Code]] = {
    "PLAX": Code("399139001", "SCT", "Parasternal long axis"),
    "PSAX": Code("399271003", "SCT", "Parasternal short axis at the Papillary Muscle level"),
    "A4C": Code("399214001", "SCT", "Apical four chamber"),
    "A2C": Code("399232001", "SCT", "Apical two chamber"),
    "SC4C": Code("399310008", "SCT", "Subcostal long axis"),
}
"""CID 12226."""

HEART: Final = Code("80891009", "SCT", "Heart")
"""CID 4."""

STAGES: Final[Mapping[str, Code]] = {
    "baseline": Code("128975004", "SCT", "Resting State"),
    "low dose": Code("432655005", "SCT", "Cardiac Stress State"),
    "peak dose": Code("434161005", "SCT", "Peak cardiac stress state"),
    "recovery": Code("432554001", "SCT", "Cardiac stress recovery state"),
}
"""CID 12002."""
