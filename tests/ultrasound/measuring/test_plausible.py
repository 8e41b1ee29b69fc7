"""What cannot be kept is refused in words."""

from dataclasses import replace

import pytest
from tests.ultrasound.measuring.examples import IMAGES, figure, length, one_of_each

from sonarium.dicom.sr.content import GraphicType
from sonarium.ultrasound.measuring.measurement import (
    ManualScale,
    MeasuredValue,
    Measurement,
    Quantity,
    Tool,
)
from sonarium.ultrasound.measuring.plausible import (
    MOST_MEASUREMENTS,
    ImplausibleMeasurement,
    check_measurements,
)

FRAMES = {uid: image.number_of_frames for uid, image in IMAGES.items()}
GOOD = length("LVIDd", 5.0)


def test_what_a_person_draws_is_kept() -> None:
    check_measurements(one_of_each(), FRAMES)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (replace(GOOD, tracking_uid="x"), "not a UID"),
        (replace(GOOD, measured_at=GOOD.measured_at.replace(tzinfo=None)), "no zone"),
        (replace(GOOD, label="LVIDx"), "no label"),
        (replace(GOOD, tool=Tool.ANGLE), "not measured in this way"),
        (replace(GOOD, values=()), "lacks its number"),
        (replace(GOOD, figures=()), "drawn on a picture"),
        (replace(GOOD, text="x" * 2000), "characters at most"),
        (replace(GOOD, values=GOOD.values * 2), "twice"),
        (
            replace(GOOD, values=(MeasuredValue(Quantity.LENGTH, float("nan")),)),
            "not finite",
        ),
        (replace(GOOD, manual_scale=ManualScale(0, 1)), "absurd"),
        (replace(GOOD, figures=(figure((1, 1), (2, 2), frame=31),)), "frame"),
        (replace(GOOD, figures=(figure((1, 1)),)), "that many points"),
        (replace(GOOD, figures=(figure((1, 1), (2, float("inf"))),)), "outside"),
        (
            replace(GOOD, figures=(figure((1, 1), (2, 2), kind=GraphicType.ELLIPSE),)),
            "that many points",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_kept_is_refused(bad: Measurement, reason: str) -> None:
    with pytest.raises(ImplausibleMeasurement, match=reason):
        check_measurements([bad], FRAMES)


def test_a_study_is_bounded() -> None:
    many = [replace(GOOD, tracking_uid=f"2.25.{n + 1}") for n in range(MOST_MEASUREMENTS + 1)]
    with pytest.raises(ImplausibleMeasurement, match="at most"):
        check_measurements(many, FRAMES)
    with pytest.raises(ImplausibleMeasurement, match="same identifier"):
        check_measurements([GOOD, GOOD], FRAMES)
    long = tuple((float(n % 50), 1.0) for n in range(4000))
    traced = [
        replace(GOOD, tracking_uid=f"2.25.{n + 1}", figures=(figure(*long),)) for n in range(30)
    ]
    with pytest.raises(ImplausibleMeasurement, match="too many points"):
        check_measurements(traced, FRAMES)


def test_an_object_that_the_study_lacks_is_refused() -> None:
    with pytest.raises(ImplausibleMeasurement, match="lacks"):
        check_measurements([GOOD], {})
