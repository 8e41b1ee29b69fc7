"""The content tree of a structured report (PS3.3 C.17.3) as plain values."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias


class Code(NamedTuple):
    """A coded concept (PS3.3 8.8); equal codes may differ in their meaning, see `same_code`."""

    value: str
    scheme: str
    meaning: str


class Relationship(StrEnum):
    """Relationship Type (0040,A010)."""

    CONTAINS = "CONTAINS"
    HAS_OBSERVATION_CONTEXT = "HAS OBS CONTEXT"
    HAS_ACQUISITION_CONTEXT = "HAS ACQ CONTEXT"
    HAS_CONCEPT_MODIFIER = "HAS CONCEPT MOD"
    HAS_PROPERTIES = "HAS PROPERTIES"
    INFERRED_FROM = "INFERRED FROM"
    SELECTED_FROM = "SELECTED FROM"


class GraphicType(StrEnum):
    """Graphic Type (0070,0023) of coordinates in an image (PS3.3 C.18.6.1.1)."""

    POINT = "POINT"
    MULTIPOINT = "MULTIPOINT"
    POLYLINE = "POLYLINE"
    CIRCLE = "CIRCLE"
    ELLIPSE = "ELLIPSE"


@dataclass(frozen=True, slots=True)
class Container:
    """Value Type CONTAINER."""

    template: str | None = None
    """Template Identifier (0040,DB00) of DCMR."""


@dataclass(frozen=True, slots=True)
class Text:
    """Value Type TEXT."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """Value Type NUM; None where the document gives a reason instead of a number."""

    number: float | None
    unit: Code | None


@dataclass(frozen=True, slots=True)
class UIDReference:
    """Value Type UIDREF."""

    uid: str


@dataclass(frozen=True, slots=True)
class PersonName:
    """Value Type PNAME; the alphabetic group."""

    name: str


@dataclass(frozen=True, slots=True)
class ImageReference:
    """Value Type IMAGE."""

    sop_class_uid: str
    sop_instance_uid: str
    frames: tuple[int, ...] = ()
    """From 1; empty: all."""


class GraphicPoint(NamedTuple):
    """A place in an image; the upper left corner of the first pixel is 0, 0 (PS3.3 C.18.6)."""

    column: float
    row: float


@dataclass(frozen=True, slots=True)
class SpatialCoordinates:
    """Value Type SCOORD."""

    graphic_type: GraphicType
    points: tuple[GraphicPoint, ...]


@dataclass(frozen=True, slots=True)
class OtherValue:
    """A value type that nobody here reads yet, or an item that refers to another item."""

    value_type: str


Value: TypeAlias = (
    Container
    | Code
    | Text
    | Number
    | UIDReference
    | PersonName
    | ImageReference
    | SpatialCoordinates
    | OtherValue
)


@dataclass(frozen=True, slots=True)
class ContentItem:
    """One node; the root's relationship is CONTAINS, and is not written."""

    concept: Code | None
    value: Value
    children: tuple["ContentItem", ...] = ()
    relationship: Relationship = Relationship.CONTAINS
    observed_at: datetime | None = None
    """Observation DateTime (0040,A032); always with its zone."""

    def find(self, concept: Code) -> "ContentItem | None":
        """Return the first child of this concept name."""
        return next(self.iter_children(concept), None)

    def iter_children(self, concept: Code) -> Iterator["ContentItem"]:
        """Iterate over the children of this concept name."""
        return (child for child in self.children if same_code(child.concept, concept))

    def walk(self) -> Iterator["ContentItem"]:
        """Iterate over this item and everything below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


def same_code(first: Code | None, second: Code | None) -> bool:
    """Tell whether two codes mean the same: value and scheme count, meanings vary."""
    if first is None or second is None:
        return False
    return (first.value, first.scheme) == (second.value, second.scheme)
