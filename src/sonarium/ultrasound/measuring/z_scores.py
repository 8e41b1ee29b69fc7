"""Z-scores of hearts that grow: children by body surface, fetuses by gestational age.

The name of the model is part of every result: two models differ by more than a standard
deviation on one measurement. Outside the domain of a model it refuses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt
from typing import Final, TypeVar

from sonarium.ultrasound.measuring.errors import NotComputable
from sonarium.ultrasound.measuring.ratios import real_power


@dataclass(frozen=True, slots=True)
class _Indexed:
    """Mean and spread of a value divided by a power of the body surface."""

    power: float
    mean: float
    spread: float


_PHN: Final[Mapping[str, _Indexed]] = {
    name: _Indexed(*row)
    for name, row in {
        "MVAP": (0.5, 2.31, 0.24), "MVLAT": (0.5, 2.23, 0.22), "MVA": (1, 4.06, 0.68),
        "TVAP": (0.5, 2.36, 0.28), "TVLAT": (0.5, 2.36, 0.29), "TVA": (1, 4.39, 0.83),
        "ANN": (0.5, 1.48, 0.14), "ROOT": (0.5, 2.06, 0.18), "STJ": (0.5, 1.69, 0.16),
        "AAO": (0.5, 1.79, 0.18), "ARCHPROX": (0.5, 1.53, 0.23), "ARCHDIST": (0.5, 1.36, 0.19),
        "ISTH": (0.5, 1.25, 0.18), "LMCA": (0.45, 2.95, 0.57), "LAD": (0.45, 1.90, 0.34),
        "RCA": (0.45, 2.32, 0.55), "PVSAX": (0.5, 1.91, 0.24), "PVLAX": (0.5, 2.01, 0.28),
        "MPA": (0.5, 1.82, 0.24), "RPA": (0.5, 1.07, 0.18), "LPA": (0.5, 1.10, 0.18),
        "LVEDD": (0.45, 3.89, 0.33), "LVPWT": (0.4, 0.57, 0.09), "LVST": (0.4, 0.58, 0.09),
        "LVEDL": (0.45, 6.31, 0.46), "LVEDLEPI": (0.45, 6.87, 0.45), "LVEDA": (0.9, 11.91, 1.89),
        "LVEDAEPI": (0.9, 20.00, 2.59), "LVEDV": (1.3, 62.02, 11.94),
        "LVEDVEPI": (1.3, 113.14, 17.85), "LVM": (1.25, 53.02, 9.06), "LVMTV": (0, 0.88, 0.16),
        "LVTTD": (0, 0.15, 0.03), "LVSI": (0, 1.63, 0.17),
    }.items()
}  # fmt: skip
"""Pediatric Heart Network, Lopez 2017: cm, cm2, ml and g, coronary arteries in mm."""

_DETROIT: Final[Mapping[str, tuple[float, float, float, float, float]]] = {
    "RVDd": (-0.317, 1.85, -1.274, 0.335, 0.058), "IVSd": (-1.242, 1.272, -0.762, 0.208, 0.046),
    "IVSs": (-1.048, 1.751, -1.177, 0.318, 0.034), "LVIDd": (0.105, 2.859, -2.119, 0.552, 0.010),
    "LVIDs": (-0.371, 2.833, -2.081, 0.538, 0.016),
    "LVPWd": (-1.586, 1.849, -1.188, 0.313, 0.037),
    "LVPWs": (-0.947, 1.907, -1.259, 0.330, 0.023),
    "AoAnn": (-0.874, 2.708, -1.841, 0.452, 0.010), "Sinus": (-0.5, 2.537, -1.707, 0.420, 0.012),
    "STJ": (-0.759, 2.643, -1.797, 0.442, 0.018), "Arch": (-0.79, 3.020, -2.484, 0.712, 0.023),
    "Isthmus": (-1.072, 2.539, -1.627, 0.368, 0.027), "PV": (-0.761, 2.774, -1.808, 0.436, 0.023),
    "MPA": (-0.707, 2.746, -1.807, 0.424, 0.024), "RPA": (-1.36, 3.394, -2.508, 0.660, 0.027),
    "LPA": (-1.348, 2.884, -1.954, 0.466, 0.028), "MV": (-0.271, 2.446, -1.7, 0.425, 0.022),
    "TV": (-0.164, 2.341, -1.596, 0.387, 0.036), "LA": (-0.208, 2.164, -1.597, 0.429, 0.020),
}  # fmt: skip
"""Pettersen 2008: coefficients of the logarithm of a value in cm, and the mean square error.
Two rows of its aorta are left out: its copies disagree on their names."""

_SCHNEIDER: Final[Mapping[str, tuple[float, float, float]]] = {
    "MV": (-4.084, 1.173, 0.1315), "TV": (-4.766, 1.395, 0.1394), "AoV": (-5.019, 1.263, 0.1282),
    "PV": (-5.114, 1.352, 0.1208), "AAo": (-4.886, 1.261, 0.1330), "MPA": (-5.025, 1.347, 0.1570),
    "RPA": (-5.307, 1.230, 0.1802), "LPA": (-5.390, 1.231, 0.1966),
    "RV width": (-4.455, 1.363, 0.1442), "RV length": (-3.566, 1.277, 0.1658),
    "LV width": (-4.292, 1.298, 0.1560), "LV length": (-3.231, 1.193, 0.1376),
    "DAo": (-5.365, 1.360, 0.1216),
}  # fmt: skip
"""Schneider 2005: coefficients of the logarithm of a value in cm, and the root mean error."""


def phn_z_score(parameter: str, value: float, *, bsa_m2: float, age_years: float) -> float:
    """Compare with the Pediatric Heart Network (Lopez 2017), to 18 years.

    Args:
        parameter: by the name in the paper.
        value: in cm, cm2, ml or g; coronary arteries in mm.
        bsa_m2: by Haycock.
        age_years: of the child.
    """
    if age_years > 18:
        raise NotComputable("the Pediatric Heart Network's model is for children to 18 years")
    model = _of(_PHN, parameter)
    return (value / real_power(_positive(bsa_m2), model.power) - model.mean) / model.spread


def detroit_z_score(parameter: str, value_cm: float, *, bsa_m2: float) -> float:
    """Compare with Detroit (Pettersen 2008), to 2 m2 by DuBois."""
    if _positive(bsa_m2) > 2:
        raise NotComputable("Detroit's model is for body surfaces to 2 square metres")
    b0, b1, b2, b3, error = _of(_DETROIT, parameter)
    expected = b0 + b1 * bsa_m2 + b2 * bsa_m2**2 + b3 * bsa_m2**3
    return (log(_positive(value_cm)) - expected) / sqrt(error)


def boston_sinus_z_score(value_cm: float, *, bsa_m2: float) -> float:
    """Compare an aortic sinus with Boston."""
    return (value_cm - 2.02 * sqrt(_positive(bsa_m2))) / (0.098 + 0.12 * bsa_m2)


def boston_lad_z_score(value_mm: float, *, bsa_m2: float) -> float:
    """Compare a left anterior descending artery with Boston."""
    expected_cm = -0.02852 + 0.26108 * real_power(_positive(bsa_m2), 0.37893)
    return (value_mm / 10 - expected_cm) / (0.01465 + 0.01996 * bsa_m2)


def cantinotti_annulus_z_score(value_mm: float, *, bsa_m2: float, age_years: float) -> float:
    """Compare an aortic annulus with Cantinotti 2014, to 3 years, BSA by Haycock."""
    if age_years > 3 or not 0.12 <= bsa_m2 <= 0.67:
        raise NotComputable("this model is for children to 3 years and 0.12 to 0.67 m2")
    return (log(_positive(value_mm)) - (2.804 + 0.561 * log(bsa_m2))) / 0.085


def schneider_z_score(parameter: str, value_cm: float, *, weeks: float) -> float:
    """Compare a fetal heart with Schneider 2005."""
    b0, b1, error = _of(_SCHNEIDER, parameter)
    return (log(_positive(value_cm)) - (b0 + b1 * log(_positive(weeks)))) / error


def boston_fetal_aortic_valve_z_score(value_cm: float, *, weeks: float) -> float:
    """Compare a fetal aortic valve with Boston (McElhinney 2009)."""
    spread = 0.00206 * weeks - 0.00519
    if spread <= 0:
        raise NotComputable("this model does not reach so early an age")
    return (value_cm - (0.02415 * weeks - 0.17158)) / spread


_Row = TypeVar("_Row")


def _of(models: Mapping[str, _Row], parameter: str) -> _Row:
    found = models.get(parameter)
    if found is None:
        raise NotComputable("this model has no such measurement")
    return found


def _positive(number: float) -> float:
    if not number > 0:
        raise NotComputable("a size must be above nought")
    return number
