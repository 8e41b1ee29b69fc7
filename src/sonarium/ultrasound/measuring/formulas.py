"""The formulas that follow from labels, each with its code, its equation and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Final

from sonarium.dicom.sr.content import Code
from sonarium.ultrasound.measuring import heart_flow, heart_size, obstetrics, vascular
from sonarium.ultrasound.measuring.concepts import (
    CM2_PER_M2,
    DAY,
    GRAM,
    GRAM_PER_M2,
    LITRE_PER_MINUTE,
    LITRE_PER_MINUTE_M2,
    MILLILITRE,
    MILLILITRE_PER_M2,
    MMHG,
    PERCENT,
    PRIVATE_SCHEME,
    RATIO,
    SQUARE_CENTIMETRE,
    WEEK,
)
from sonarium.ultrasound.measuring.ratios import ratio


@dataclass(frozen=True, slots=True)
class Formula:
    """One value that labels allow to compute; `inputs` are in the order of `compute`."""

    name: str
    code: Code
    unit: Code
    equation: str
    inputs: tuple[str, ...]
    compute: Callable[..., float]
    method: Code | None = None
    indexed: Code | None = None
    """The unit when divided by the body surface, where that is usual."""


def loinc(value: str, meaning: str) -> Code:
    """Name a concept of LOINC."""
    return Code(value, "LN", meaning)


def own_code(value: str, meaning: str) -> Code:
    """Name a concept that no standard list has."""
    return Code(value, PRIVATE_SCHEME, meaning)


_TEICHHOLZ: Final = Code("125209", "DCM", "Teichholz")
_SINGLE_PLANE: Final = Code("125208", "DCM", "Method of Disks, Single Plane")
BIPLANE: Final = Code("125207", "DCM", "Method of Disks, Biplane")
_CONTINUITY: Final = Code("125215", "DCM", "Continuity Equation by Velocity Time Integral")
_HALF_TIME: Final = Code("125210", "DCM", "Area by Pressure Half-Time")
_BERNOULLI: Final = Code("125218", "DCM", "Simplified Bernoulli")
EDV: Final = loinc("18026-5", "Left Ventricular End Diastolic Volume")
ESV: Final = loinc("18148-7", "Left Ventricular End Systolic Volume")
_EF: Final = loinc("18043-0", "Left Ventricular Ejection Fraction by US")
_AGE: Final = "Hadlock 1984"


def ejection_fraction(diastolic_ml: float, systolic_ml: float) -> float:
    """Compute an ejection fraction in percent."""
    return heart_size.ejection_fraction_percent(
        end_diastolic_ml=diastolic_ml, end_systolic_ml=systolic_ml
    )


def _stroke(diameter_cm: float, vti_cm: float) -> float:
    return heart_flow.stroke_volume_ml(diameter_cm=diameter_cm, vti_cm=vti_cm)


FORMULAS: Final = (
    Formula(
        "LV mass",
        loinc("80019-3", "Left ventricular mass (dimension method) 2D"),
        GRAM,
        "0.8·1.04·[(IVSd+LVIDd+LVPWd)³−LVIDd³]+0.6 (ASE 2015)",
        ("IVSd", "LVIDd", "LVPWd"),
        lambda septum, cavity, wall: heart_size.left_ventricular_mass_g(
            ivsd_cm=septum, lvidd_cm=cavity, lvpwd_cm=wall
        ),
        indexed=GRAM_PER_M2,
    ),
    Formula(
        "RWT",
        own_code("rwt", "Relative wall thickness"),
        RATIO,
        "2·LVPWd/LVIDd",
        ("LVIDd", "LVPWd"),
        lambda cavity, wall: heart_size.relative_wall_thickness(lvidd_cm=cavity, lvpwd_cm=wall),
    ),
    Formula(
        "FS",
        loinc("59132-1", "Fractional Shortening"),
        PERCENT,
        "(LVIDd−LVIDs)/LVIDd",
        ("LVIDd", "LVIDs"),
        lambda diastolic, systolic: heart_size.fractional_shortening_percent(
            diastolic_cm=diastolic, systolic_cm=systolic
        ),
    ),
    Formula(
        "EF Teichholz",
        loinc("77891-0", "Left ventricular ejection fraction (Teichholz) 2D"),
        PERCENT,
        "volumes 7·D³/(2.4+D)",
        ("LVIDd", "LVIDs"),
        lambda diastolic, systolic: ejection_fraction(
            heart_size.teichholz_volume_ml(diastolic), heart_size.teichholz_volume_ml(systolic)
        ),
        _TEICHHOLZ,
    ),
    Formula(
        "EF 4C",
        _EF,
        PERCENT,
        "disks, one plane",
        ("LV EDV 4C", "LV ESV 4C"),
        ejection_fraction,
        _SINGLE_PLANE,
    ),
    Formula(
        "EF 2C",
        _EF,
        PERCENT,
        "disks, one plane",
        ("LV EDV 2C", "LV ESV 2C"),
        ejection_fraction,
        _SINGLE_PLANE,
    ),
    Formula(
        "LA/Ao",
        loinc("17985-3", "Left Atrium to Aortic Root Ratio"),
        RATIO,
        "LA/Ao",
        ("LA", "Ao"),
        ratio,
    ),
    Formula(
        "E/A",
        loinc("18038-0", "Mitral Valve E to A Ratio"),
        RATIO,
        "E/A",
        ("MV E", "MV A"),
        ratio,
    ),
    Formula(
        "E/e'",
        loinc("59111-5", "E Velocity to Annulus E Velocity Ratio"),
        RATIO,
        "E/mean(e' septal, e' lateral)",
        ("MV E", "e' septal", "e' lateral"),
        lambda early, septal, lateral: heart_flow.filling_index(
            e_cm_per_s=early, septal_cm_per_s=septal, lateral_cm_per_s=lateral
        ),
    ),
    Formula(
        "MVA",
        loinc("80069-8", "Mitral valve area (Pressure Half-Time)"),
        SQUARE_CENTIMETRE,
        "220/PHT",
        ("MV PHT",),
        heart_flow.mitral_area_cm2,
        _HALF_TIME,
    ),
    Formula(
        "AV peak gradient",
        loinc("79963-5", "Aortic valve peak instantaneous gradient"),
        MMHG,
        "4·v²",
        ("AV Vmax",),
        heart_flow.gradient_mmhg,
        _BERNOULLI,
    ),
    Formula(
        "TR peak gradient",
        loinc("79937-9", "Tricuspid regurgitation peak gradient"),
        MMHG,
        "4·v²",
        ("TR Vmax",),
        heart_flow.gradient_mmhg,
        _BERNOULLI,
    ),
    Formula(
        "SV",
        own_code("stroke-volume", "Stroke volume of the outflow tract"),
        MILLILITRE,
        "π/4·d²·VTI",
        ("LVOT d", "LVOT VTI"),
        _stroke,
        indexed=MILLILITRE_PER_M2,
    ),
    Formula(
        "CO",
        own_code("cardiac-output", "Cardiac output of the outflow tract"),
        LITRE_PER_MINUTE,
        "SV·HR",
        ("LVOT d", "LVOT VTI", "HR"),
        lambda diameter, vti, rate: heart_flow.cardiac_output_l_per_min(
            stroke_volume_ml=_stroke(diameter, vti), heart_rate_bpm=rate
        ),
        indexed=LITRE_PER_MINUTE_M2,
    ),
    Formula(
        "AVA",
        loinc("79958-5", "Aortic valve area (Continuity VTI)"),
        SQUARE_CENTIMETRE,
        "π/4·d²·VTI(LVOT)/VTI(AV)",
        ("LVOT d", "LVOT VTI", "AV VTI"),
        lambda diameter, upstream, valve: heart_flow.continuity_area_cm2(
            diameter_cm=diameter, upstream_vti_cm=upstream, vti_cm=valve
        ),
        _CONTINUITY,
        indexed=CM2_PER_M2,
    ),
    Formula(
        "DVI",
        own_code("dvi", "Dimensionless velocity index"),
        RATIO,
        "VTI(LVOT)/VTI(AV)",
        ("LVOT VTI", "AV VTI"),
        lambda upstream, valve: heart_flow.dimensionless_index(
            upstream_vti_cm=upstream, vti_cm=valve
        ),
    ),
    Formula(
        "GA by BPD",
        loinc("11902-4", "BPD, Hadlock 1984"),
        WEEK,
        _AGE,
        ("BPD",),
        obstetrics.hadlock_1984_bpd_weeks,
    ),
    Formula(
        "GA by HC",
        loinc("11932-1", "HC, Hadlock 1984"),
        WEEK,
        _AGE,
        ("HC",),
        obstetrics.hadlock_1984_hc_weeks,
    ),
    Formula(
        "GA by AC",
        loinc("11892-7", "AC, Hadlock 1984"),
        WEEK,
        _AGE,
        ("AC",),
        obstetrics.hadlock_1984_ac_weeks,
    ),
    Formula(
        "GA by FL",
        loinc("11920-6", "FL, Hadlock 1984"),
        WEEK,
        _AGE,
        ("FL",),
        obstetrics.hadlock_1984_fl_weeks,
    ),
    Formula(
        "GA combined",
        loinc("18185-9", "Gestational Age"),
        WEEK,
        "Hadlock 1984, BPD, HC, AC and FL",
        ("BPD", "HC", "AC", "FL"),
        lambda bpd, hc, ac, fl: obstetrics.hadlock_1984_weeks(
            bpd_cm=bpd, hc_cm=hc, ac_cm=ac, fl_cm=fl
        ),
    ),
    Formula(
        "GA by CRL",
        loinc("18185-9", "Gestational Age"),
        DAY,
        "Robinson, speed corrected",
        ("CRL",),
        obstetrics.robinson_days,
    ),
    Formula(
        "EFW",
        loinc("11732-5", "EFW by AC, BPD, FL, HC, Hadlock 1985"),
        GRAM,
        "Hadlock 1985, BPD, HC, AC and FL",
        ("BPD", "HC", "AC", "FL"),
        lambda bpd, hc, ac, fl: obstetrics.hadlock_1985_weight_g(
            bpd_cm=bpd, hc_cm=hc, ac_cm=ac, fl_cm=fl
        ),
    ),
    *chain.from_iterable(
        (
            Formula(
                f"{side} {vessel} RI",
                loinc("12023-8", "Resistivity Index"),
                RATIO,
                "(PSV−EDV)/PSV",
                (f"{side} {vessel} PSV", f"{side} {vessel} EDV"),
                lambda systolic, diastolic: vascular.resistivity_index(
                    systolic=systolic, diastolic=diastolic
                ),
            )
            for vessel in ("CCA", "ICA", "VA")
        )
        for side in ("Right", "Left")
    ),
    *(
        Formula(
            f"{side} ICA/CCA",
            loinc("33868-1", "ICA/CCA velocity ratio"),
            RATIO,
            "PSV(ICA)/PSV(CCA)",
            (f"{side} ICA PSV", f"{side} CCA PSV"),
            lambda internal, common: vascular.carotid_ratio(
                internal_cm_per_s=internal, common_cm_per_s=common
            ),
        )
        for side in ("Right", "Left")
    ),
)
