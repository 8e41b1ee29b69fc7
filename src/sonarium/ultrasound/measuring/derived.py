"""Values that follow from labelled measurements: means of repeats, and the formulas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sonarium.dicom.sr.content import Code
from sonarium.ultrasound.measuring import heart_size
from sonarium.ultrasound.measuring.concepts import (
    MILLILITRE,
    MILLILITRE_PER_M2,
    PERCENT,
)
from sonarium.ultrasound.measuring.disks import Disks
from sonarium.ultrasound.measuring.errors import NotComputable
from sonarium.ultrasound.measuring.formulas import (
    BIPLANE,
    EDV,
    ESV,
    FORMULAS,
    Formula,
    ejection_fraction,
    loinc,
    own_code,
)
from sonarium.ultrasound.measuring.labels import LABELS
from sonarium.ultrasound.measuring.measurement import Measurement, Quantity, values_of


@dataclass(frozen=True, slots=True)
class BodySize:
    """Of the patient, where known."""

    height_cm: float
    weight_kg: float

    @property
    def surface_m2(self) -> float:
        """Body surface by DuBois."""
        return heart_size.bsa_du_bois_m2(self.height_cm, self.weight_kg)


@dataclass(frozen=True, slots=True)
class LabelMean:
    """The repeats of one label, averaged."""

    label: str
    number: float
    unit: Code
    count: int


@dataclass(frozen=True, slots=True)
class DerivedValue:
    """One computed value."""

    name: str
    code: Code
    number: float
    unit: Code
    equation: str
    inputs: tuple[str, ...]
    """Labels, whose means were used."""
    method: Code | None = None
    warning: str = ""


def label_means(
    measurements: Sequence[Measurement], unit_of: Mapping[Quantity, Code]
) -> tuple[LabelMean, ...]:
    """Average the repeats of each label, in the order of the labels."""
    means = []
    for label in LABELS.values():
        numbers = values_of(measurements, label.key, label.quantity)
        if numbers:
            mean = sum(numbers) / len(numbers)
            means.append(LabelMean(label.key, mean, unit_of[label.quantity], len(numbers)))
    return tuple(means)


def derive(
    means: Sequence[LabelMean], disks: Mapping[str, Disks], body: BodySize | None
) -> tuple[DerivedValue, ...]:
    """Compute everything that the labels allow.

    Args:
        means: the labels that were measured.
        disks: cut cavities by their label, for what needs both views.
        body: for values that are related to the body's surface.
    """
    numbers = {mean.label: mean.number for mean in means}
    derived: list[DerivedValue] = []
    for formula in FORMULAS:
        if all(name in numbers for name in formula.inputs):
            derived += _apply(formula, [numbers[name] for name in formula.inputs], body)
    return (*derived, *_biplane(disks, body))


def _apply(formula: Formula, numbers: Sequence[float], body: BodySize | None) -> list[DerivedValue]:
    try:
        number = formula.compute(*numbers)
    except NotComputable:
        return []
    value = DerivedValue(
        formula.name,
        formula.code,
        number,
        formula.unit,
        formula.equation,
        formula.inputs,
        formula.method,
    )
    return [value, *_indexed(value, formula.indexed, body)]


def _indexed(value: DerivedValue, unit: Code | None, body: BodySize | None) -> list[DerivedValue]:
    if unit is None or body is None:
        return []
    return [
        DerivedValue(
            name=f"{value.name} index",
            code=own_code(f"{value.code.value}-index", f"{value.code.meaning} by body surface"),
            number=value.number / body.surface_m2,
            unit=unit,
            equation=f"{value.equation}; body surface by DuBois",
            inputs=value.inputs,
            method=value.method,
            warning=value.warning,
        )
    ]


def _biplane(disks: Mapping[str, Disks], body: BodySize | None) -> list[DerivedValue]:
    """Compute volumes and fraction from two views at right angles."""
    volumes: list[DerivedValue] = []
    derived: list[DerivedValue] = []
    for phase, code in (("EDV", EDV), ("ESV", ESV)):
        views = (f"LV {phase} 4C", f"LV {phase} 2C")
        four, two = disks.get(views[0]), disks.get(views[1])
        if four is None or two is None:
            continue
        doubtful = heart_size.lengths_disagree(four.length_cm, two.length_cm)
        volume = DerivedValue(
            name=f"{phase} biplane",
            code=code,
            number=heart_size.disks_volume_ml(
                four.diameters_cm, two.diameters_cm, max(four.length_cm, two.length_cm)
            ),
            unit=MILLILITRE,
            equation="disks, two planes, the longer length",
            inputs=views,
            method=BIPLANE,
            warning="The two lengths differ by more than 10 %." if doubtful else "",
        )
        volumes.append(volume)
        derived += [volume, *_indexed(volume, MILLILITRE_PER_M2, body)]
    if len(volumes) == 2 and volumes[0].number > 0:
        diastolic, systolic = volumes
        derived.append(
            DerivedValue(
                name="EF biplane",
                code=loinc("79991-6", "Left ventricular ejection fraction biplane (MOD)"),
                number=ejection_fraction(diastolic.number, systolic.number),
                unit=PERCENT,
                equation="(EDV−ESV)/EDV",
                inputs=(*diastolic.inputs, *systolic.inputs),
                method=BIPLANE,
                warning=diastolic.warning or systolic.warning,
            )
        )
    return derived
