"""Derived values are the worked examples, from labels."""

import pytest
from tests.ultrasound.measuring.examples import length

from sonarium.ultrasound.measuring.concepts import CENTIMETRE, QUANTITIES
from sonarium.ultrasound.measuring.derived import (
    BodySize,
    DerivedValue,
    LabelMean,
    derive,
    label_means,
)
from sonarium.ultrasound.measuring.disks import Disks

UNITS = {quantity: concept.unit for quantity, concept in QUANTITIES.items()}
BODY = BodySize(170, 70)


def derived_of(body: BodySize | None = None, /, **numbers: float) -> dict[str, DerivedValue]:
    means = [LabelMean(label, number, CENTIMETRE, 1) for label, number in numbers.items()]
    return {value.name: value for value in derive(means, {}, body)}


def test_repeats_are_averaged() -> None:
    repeats = [length("LVIDd", 4.8, "2.25.1"), length("LVIDd", 5.2, "2.25.2")]
    assert label_means(repeats, UNITS) == (LabelMean("LVIDd", 5.0, CENTIMETRE, 2),)


def test_left_ventricle() -> None:
    found = derived_of(BODY, IVSd=1.0, LVIDd=5.0, LVPWd=1.0, LVIDs=3.2)
    assert {name: round(value.number, 2) for name, value in found.items()} == {
        "LV mass": 181.98,
        "LV mass index": 100.56,
        "RWT": 0.4,
        "FS": 36.0,
        "EF Teichholz": 65.36,
    }
    assert found["LV mass index"].unit.value == "g/m2"


def test_without_a_body_nothing_is_indexed() -> None:
    assert not any("index" in name for name in derived_of(IVSd=1.0, LVIDd=5.0, LVPWd=1.0))


def test_aortic_valve() -> None:
    found = derived_of(
        BODY, **{"LVOT d": 2.0, "LVOT VTI": 20, "AV VTI": 80, "HR": 70, "AV Vmax": 420}
    )
    rounded = {name: round(value.number, 3) for name, value in found.items()}
    assert rounded["AVA"] == 0.785
    assert rounded["AVA index"] == 0.434
    assert rounded["DVI"] == 0.25
    assert rounded["SV"] == 62.832
    assert rounded["CO"] == 4.398
    assert rounded["CO index"] == 2.43
    assert rounded["AV peak gradient"] == 70.56


def test_filling() -> None:
    found = derived_of(**{"MV E": 80, "MV A": 64, "e' septal": 7, "e' lateral": 10})
    assert round(found["E/e'"].number, 2) == 9.41
    assert found["E/A"].number == 1.25


def test_fetus() -> None:
    found = derived_of(BPD=8.2, HC=29.8, AC=28.0, FL=6.2)
    assert round(found["EFW"].number) == 1933
    assert {"GA by BPD", "GA by HC", "GA by AC", "GA by FL", "GA combined"} <= set(found)


def test_carotid() -> None:
    found = derived_of(**{"Left ICA PSV": 250, "Left ICA EDV": 100, "Left CCA PSV": 100})
    assert found["Left ICA/CCA"].number == 2.5
    assert found["Left ICA RI"].number == 0.6


def test_what_cannot_be_computed_is_left_out() -> None:
    assert derived_of(**{"MV E": 80, "MV A": 0}) == {}


def test_biplane_takes_the_longer_length_and_warns() -> None:
    cavity, shorter = Disks(8.0, (4.0,) * 20), Disks(7.0, (4.0,) * 20)
    found = {
        value.name: value
        for value in derive(
            [],
            {
                "LV EDV 4C": cavity,
                "LV EDV 2C": shorter,
                "LV ESV 4C": Disks(8.0, (2.0,) * 20),
                "LV ESV 2C": Disks(8.0, (2.0,) * 20),
            },
            BODY,
        )
    }
    assert round(found["EDV biplane"].number, 2) == 100.53
    assert found["EDV biplane"].warning
    assert not found["ESV biplane"].warning
    assert found["EF biplane"].number == pytest.approx(75.0)
    assert found["EF biplane"].warning
    assert "EDV biplane index" in found
