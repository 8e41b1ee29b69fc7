"""Coded concepts of a measurement report (PS3.16), apart from the labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sonarium.dicom.sr.content import Code
from sonarium.ultrasound.measuring.measurement import Quantity, Tool

PRIVATE_SCHEME: Final = "99SONARIUM"
"""For what no standard names: how a caliper was drawn, and the number of B-lines."""
PRIVATE_SCHEME_NAME: Final = "Sonarium measuring tools"

IMAGING_MEASUREMENT_REPORT: Final = Code("126000", "DCM", "Imaging Measurement Report")
IMAGING_MEASUREMENTS: Final = Code("126010", "DCM", "Imaging Measurements")
MEASUREMENT_GROUP: Final = Code("125007", "DCM", "Measurement Group")
IMAGE_LIBRARY: Final = Code("111028", "DCM", "Image Library")
IMAGE_LIBRARY_GROUP: Final = Code("126200", "DCM", "Image Library Group")
TRACKING_IDENTIFIER: Final = Code("112039", "DCM", "Tracking Identifier")
TRACKING_UNIQUE_IDENTIFIER: Final = Code("112040", "DCM", "Tracking Unique Identifier")
LANGUAGE: Final = Code("121049", "DCM", "Language of Content Item and Descendants")
ENGLISH: Final = Code("en", "RFC5646", "English")
OBSERVER_TYPE: Final = Code("121005", "DCM", "Observer Type")
PERSON: Final = Code("121006", "DCM", "Person")
DEVICE: Final = Code("121007", "DCM", "Device")
PERSON_OBSERVER_NAME: Final = Code("121008", "DCM", "Person Observer Name")
DEVICE_OBSERVER_UID: Final = Code("121012", "DCM", "Device Observer UID")
DEVICE_OBSERVER_NAME: Final = Code("121013", "DCM", "Device Observer Name")
DEVICE_OBSERVER_MANUFACTURER: Final = Code("121014", "DCM", "Device Observer Manufacturer")
PROCEDURE_REPORTED: Final = Code("121058", "DCM", "Procedure reported")
DIAGNOSTIC_ULTRASONOGRAPHY: Final = Code("16310003", "SCT", "Diagnostic ultrasonography")
FINDING_SITE: Final = Code("363698007", "SCT", "Finding Site")
LATERALITY: Final = Code("272741003", "SCT", "Laterality")
MEASUREMENT_METHOD: Final = Code("370129005", "SCT", "Measurement Method")
DERIVATION: Final = Code("121401", "DCM", "Derivation")
IMAGE_VIEW: Final = Code("111031", "DCM", "Image View")
COMMENT: Final = Code("121106", "DCM", "Comment")
SOURCE_OF_MEASUREMENT: Final = Code("121112", "DCM", "Source of Measurement")
HORIZONTAL_PIXEL_SPACING: Final = Code("111026", "DCM", "Horizontal Pixel Spacing")
VERTICAL_PIXEL_SPACING: Final = Code("111066", "DCM", "Vertical Pixel Spacing")
MEAN: Final = Code("373098007", "SCT", "Mean")
CALCULATED: Final = Code("258090004", "SCT", "Calculated")
DERIVED_VALUES: Final = Code("derived", PRIVATE_SCHEME, "Computed from other measurements")
CALIBRATED_BY_HAND: Final = "Calibrated by hand"

CENTIMETRE: Final = Code("cm", "UCUM", "centimeter")
MILLIMETRE: Final = Code("mm", "UCUM", "millimeter")
SQUARE_CENTIMETRE: Final = Code("cm2", "UCUM", "square centimeter")
MILLILITRE: Final = Code("ml", "UCUM", "milliliter")
DEGREE: Final = Code("deg", "UCUM", "degree")
MILLISECOND: Final = Code("ms", "UCUM", "millisecond")
CM_PER_SECOND: Final = Code("cm/s", "UCUM", "centimeter per second")
CM_PER_SECOND_SQUARED: Final = Code("cm/s2", "UCUM", "centimeter per square second")
MMHG: Final = Code("mm[Hg]", "UCUM", "millimeter of mercury")
BEATS_PER_MINUTE: Final = Code("{H.B.}/min", "UCUM", "heart beats per minute")
PERCENT: Final = Code("%", "UCUM", "percent")
RATIO: Final = Code("{ratio}", "UCUM", "ratio")
GRAM: Final = Code("g", "UCUM", "gram")
WEEK: Final = Code("wk", "UCUM", "week")
DAY: Final = Code("d", "UCUM", "day")
LITRE_PER_MINUTE: Final = Code("l/min", "UCUM", "liter per minute")
LITRE_PER_MINUTE_M2: Final = Code("l/min/m2", "UCUM", "liter per minute per square meter")
GRAM_PER_M2: Final = Code("g/m2", "UCUM", "gram per square meter")
MILLILITRE_PER_M2: Final = Code("ml/m2", "UCUM", "milliliter per square meter")
CM2_PER_M2: Final = Code("cm2/m2", "UCUM", "square centimeter per square meter")
COUNT: Final = Code("{lines}", "UCUM", "lines")


@dataclass(frozen=True, slots=True)
class QuantityConcept:
    """How a quantity is named and counted in a report."""

    code: Code
    unit: Code


QUANTITIES: Final[Mapping[Quantity, QuantityConcept]] = {
    Quantity.LENGTH: QuantityConcept(Code("410668003", "SCT", "Length"), CENTIMETRE),
    Quantity.MAJOR_AXIS: QuantityConcept(Code("131187009", "SCT", "Major Axis"), CENTIMETRE),
    Quantity.MINOR_AXIS: QuantityConcept(Code("131188004", "SCT", "Minor Axis"), CENTIMETRE),
    Quantity.AREA: QuantityConcept(Code("42798000", "SCT", "Area"), SQUARE_CENTIMETRE),
    Quantity.CIRCUMFERENCE: QuantityConcept(Code("74551000", "SCT", "Circumference"), CENTIMETRE),
    Quantity.ANGLE: QuantityConcept(Code("1483009", "SCT", "Angle"), DEGREE),
    Quantity.VOLUME: QuantityConcept(Code("118565006", "SCT", "Volume"), MILLILITRE),
    Quantity.TIME: QuantityConcept(Code("385673002", "SCT", "Interval"), MILLISECOND),
    Quantity.HEART_RATE: QuantityConcept(Code("8867-4", "LN", "Heart rate"), BEATS_PER_MINUTE),
    Quantity.SLOPE: QuantityConcept(Code("slope", PRIVATE_SCHEME, "M-mode slope"), CM_PER_SECOND),
    Quantity.VELOCITY: QuantityConcept(Code("110828", "DCM", "Flow Velocity"), CM_PER_SECOND),
    Quantity.PEAK_GRADIENT: QuantityConcept(Code("20247-3", "LN", "Peak Gradient"), MMHG),
    Quantity.DECELERATION: QuantityConcept(
        Code("20216-8", "LN", "Deceleration Slope"), CM_PER_SECOND_SQUARED
    ),
    Quantity.DECELERATION_TIME: QuantityConcept(
        Code("20217-6", "LN", "Deceleration Time"), MILLISECOND
    ),
    Quantity.HALF_TIME: QuantityConcept(Code("20280-4", "LN", "Pressure Half-Time"), MILLISECOND),
    Quantity.VTI: QuantityConcept(Code("20354-7", "LN", "Velocity Time Integral"), CENTIMETRE),
    Quantity.MEAN_VELOCITY: QuantityConcept(
        Code("11692-1", "LN", "Time averaged peak velocity"), CM_PER_SECOND
    ),
    Quantity.MEAN_GRADIENT: QuantityConcept(Code("20256-4", "LN", "Mean Gradient"), MMHG),
    Quantity.DURATION: QuantityConcept(Code("59108-1", "LN", "Envelope Duration"), MILLISECOND),
    Quantity.COUNT: QuantityConcept(
        Code("b-lines", PRIVATE_SCHEME, "Number of lung B-lines"), COUNT
    ),
}

TOOLS: Final[Mapping[Tool, Code]] = {
    tool: Code(tool.value, PRIVATE_SCHEME, meaning)
    for tool, meaning in {
        Tool.DISTANCE: "Straight caliper",
        Tool.ELLIPSE: "Ellipse by two axes",
        Tool.AREA: "Traced area",
        Tool.ANGLE: "Angle of three places",
        Tool.VOLUME: "Disks of a traced cavity",
        Tool.DEPTH: "Vertical caliper of an M-mode trace",
        Tool.TIME: "Horizontal caliper of a trace",
        Tool.HEART_RATE: "Interval of R-waves",
        Tool.SLOPE: "Slope of an M-mode trace",
        Tool.VELOCITY: "Velocity of a spectral trace",
        Tool.DECELERATION: "Slope of a spectral trace",
        Tool.ENVELOPE: "Traced envelope of a spectrum",
        Tool.B_LINES: "Counted B-lines",
        Tool.ARROW: "Arrow",
        Tool.NOTE: "Words beside a place",
    }.items()
}
