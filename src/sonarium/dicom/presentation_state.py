"""Softcopy presentation states that we write: marks on images (PS3.3 A.33.1, A.33.2)."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from PIL import ImageCms

from sonarium.dicom.sr.document_modules import (
    DocumentIdentity,
    DocumentSeries,
    Observer,
    document_modules,
)
from sonarium.dicom.sr.writing import element, sequence
from sonarium.domain.attributes import Attributes, Element

GRAYSCALE_SOFTCOPY_PRESENTATION_STATE: Final = "1.2.840.10008.5.1.4.1.1.11.1"
COLOR_SOFTCOPY_PRESENTATION_STATE: Final = "1.2.840.10008.5.1.4.1.1.11.2"

_LAYER: Final = "MEASUREMENTS"
_OF_DOCUMENTS: Final = ("00080023", "00080033", "00081111")
"""Attributes of a document that a presentation state does not have."""
_PROFILE_DATE: Final = bytes([0x07, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
"""2000-01-01 in an ICC header: the same state is the same bytes whenever it is written."""


class Shape(StrEnum):
    """Graphic Type (0070,0023) of a presentation state (PS3.3 C.10.5.1.2)."""

    POINT = "POINT"
    POLYLINE = "POLYLINE"
    ELLIPSE = "ELLIPSE"


@dataclass(frozen=True, slots=True)
class Graphic:
    """A drawing in pixels; the upper left corner of the first pixel is 0, 0."""

    shape: Shape
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class MarkedFrame:
    """What is drawn on one frame (from 1) of an image, with words beside it."""

    sop_instance_uid: str
    frame: int | None
    """None: the image has one frame."""
    graphics: Sequence[Graphic]
    words: str


@dataclass(frozen=True, slots=True)
class PresentedImage:
    """An image that a state is about."""

    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    rows: int
    columns: int
    pixel_aspect_ratio: tuple[int, int] = (1, 1)
    """Height and width of a pixel."""


@dataclass(frozen=True, slots=True)
class PresentationLabel:
    """How a state is called, and who made it."""

    label: str
    description: str
    creator: str


def presentation_state(
    identity: DocumentIdentity,
    copied: Attributes,
    observer: Observer,
    images: Sequence[PresentedImage],
    marks: Sequence[MarkedFrame],
    called: PresentationLabel,
    *,
    in_colour: bool,
) -> Attributes:
    """Write the data set of a state about images of one kind.

    Args:
        identity: its names.
        copied: the attributes `COPIED_TAGS` of any object of the study.
        observer: what wrote it.
        images: grey ones, or coloured ones (`in_colour`).
        marks: what is drawn on them.
        called: how a person finds it.
        in_colour: a Color Softcopy Presentation State, with a profile of sRGB.
    """
    sop_class = (
        COLOR_SOFTCOPY_PRESENTATION_STATE if in_colour else GRAYSCALE_SOFTCOPY_PRESENTATION_STATE
    )
    series = DocumentSeries(sop_class, "PR", 9702, "Measurements as marks")
    state = document_modules(identity, series, copied, observer)
    for tag in _OF_DOCUMENTS:
        del state[tag]
    by_uid = {image.sop_instance_uid: image for image in images}
    state |= {
        "00200060": element("CS"),
        "00081115": _referenced_series(images),
        "00700001": sequence([_annotation(mark, by_uid[mark.sop_instance_uid]) for mark in marks]),
        "0070005A": sequence([_displayed_area(image) for image in images]),
        "00700060": sequence([{"00700002": element("CS", _LAYER), "00700062": element("IS", 1)}]),
        "00700080": element("CS", called.label),
        "00700081": element("LO", called.description),
        "00700082": state["00080012"],
        "00700083": state["00080013"],
        "00700084": element("PN", {"Alphabetic": called.creator}),
    }
    if in_colour:
        state["00282000"] = {"vr": "OB", "InlineBinary": b64encode(_srgb()).decode("ascii")}
    else:
        state["20500020"] = element("CS", "IDENTITY")
    return state


def _referenced_series(images: Sequence[PresentedImage]) -> Element:
    series: dict[str, list[PresentedImage]] = {}
    for image in images:
        series.setdefault(image.series_instance_uid, []).append(image)
    return sequence(
        [
            {
                "00081140": sequence([_reference(image, None) for image in members]),
                "0020000E": element("UI", uid),
            }
            for uid, members in series.items()
        ]
    )


def _reference(image: PresentedImage, frame: int | None) -> Attributes:
    named: Attributes = {
        "00081150": element("UI", image.sop_class_uid),
        "00081155": element("UI", image.sop_instance_uid),
    }
    if frame is not None:
        named["00081160"] = element("IS", frame)
    return named


def _annotation(mark: MarkedFrame, image: PresentedImage) -> Attributes:
    annotation: Attributes = {
        "00081140": sequence([_reference(image, mark.frame)]),
        "00700002": element("CS", _LAYER),
        "00700009": sequence([_graphic(graphic) for graphic in mark.graphics]),
    }
    if mark.words:
        annotation["00700008"] = sequence([_text(mark)])
    return annotation


def _graphic(graphic: Graphic) -> Attributes:
    values = [coordinate for point in graphic.points for coordinate in point]
    return {
        "00700005": element("CS", "PIXEL"),
        "00700020": element("US", 2),
        "00700021": element("US", len(graphic.points)),
        "00700022": element("FL", *values),
        "00700023": element("CS", graphic.shape),
        "00700024": element("CS", "N"),
    }


def _text(mark: MarkedFrame) -> Attributes:
    """Write words beside the rightmost place."""
    x, y = max(point for graphic in mark.graphics for point in graphic.points)
    return {
        "00700004": element("CS", "PIXEL"),
        "00700006": element("ST", mark.words),
        "00700014": element("FL", x, y),
        "00700015": element("CS", "N"),
    }


def _displayed_area(image: PresentedImage) -> Attributes:
    """Show the whole of an image (PS3.3 C.10.4: pixels are counted from 1)."""
    height, width = image.pixel_aspect_ratio
    return {
        "00081140": sequence([_reference(image, None)]),
        "00700052": element("SL", 1, 1),
        "00700053": element("SL", image.columns, image.rows),
        "00700100": element("CS", "SCALE TO FIT"),
        "00700102": element("IS", height, width),
    }


@cache
def _srgb() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:24] + _PROFILE_DATE + profile[36:]
