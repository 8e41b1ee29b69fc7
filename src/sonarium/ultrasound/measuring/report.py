"""The measurement report, TID 1500: from measurements to a content tree, and back.

Each measurement is a Measurement Group (TID 1501) with a tracking identifier and UID, the way
in which it was drawn as Measurement Method, and its numbers (TID 300). The first number carries
the coordinates, so that another viewer can draw them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sonarium.dicom.sr.content import (
    Code,
    Container,
    ContentItem,
    ImageReference,
    Number,
    PersonName,
    Relationship,
    SpatialCoordinates,
    Text,
    UIDReference,
    same_code,
)
from sonarium.dicom.sr.document_modules import Observer, ReferencedImage
from sonarium.ultrasound.measuring import concepts
from sonarium.ultrasound.measuring.derived import DerivedValue, LabelMean
from sonarium.ultrasound.measuring.labels import LABELS
from sonarium.ultrasound.measuring.measurement import (
    Figure,
    ManualScale,
    MeasuredValue,
    Measurement,
    Quantity,
    Tool,
)

_CONTEXT: Final = Relationship.HAS_OBSERVATION_CONTEXT
_MODIFIER: Final = Relationship.HAS_CONCEPT_MODIFIER
_NO_WORDS: Final = "–"
"""For a mark without words: a text may not be empty (PS3.3 C.18.3)."""
_TOOL_OF_METHOD: Final = {code.value: tool for tool, code in concepts.TOOLS.items()}
_QUANTITY_OF_CODE: Final = {
    (concept.code.value, concept.code.scheme): quantity
    for quantity, concept in concepts.QUANTITIES.items()
}


@dataclass(frozen=True, slots=True)
class MeasurementReport:
    """What one document says."""

    measurements: tuple[Measurement, ...]
    means: tuple[LabelMean, ...]
    derived: tuple[DerivedValue, ...]
    images: Mapping[str, ReferencedImage]
    """By SOP Instance UID; every image that a measurement refers to."""
    observer: Observer


def report_content(report: MeasurementReport) -> ContentItem:
    """Write the content tree of a report (TID 1500)."""
    numbered = [
        _group(measurement, number, report)
        for number, measurement in enumerate(report.measurements, 1)
    ]
    computed = [_derived_group(report)] if report.derived or _repeats(report.means) else []
    library = [_image_library(report)] if report.images else []
    return ContentItem(
        concepts.IMAGING_MEASUREMENT_REPORT,
        Container("1500"),
        (
            ContentItem(concepts.LANGUAGE, concepts.ENGLISH, (), _MODIFIER),
            *_observer_context(report.observer),
            ContentItem(
                concepts.PROCEDURE_REPORTED, concepts.DIAGNOSTIC_ULTRASONOGRAPHY, (), _MODIFIER
            ),
            *library,
            ContentItem(concepts.IMAGING_MEASUREMENTS, Container(), (*numbered, *computed)),
        ),
    )


def _observer_context(observer: Observer) -> tuple[ContentItem, ...]:
    """Write a device as observer (TID 1001, 1002, 1004)."""
    return (
        ContentItem(concepts.OBSERVER_TYPE, concepts.DEVICE, (), _CONTEXT),
        ContentItem(concepts.DEVICE_OBSERVER_UID, UIDReference(observer.uid), (), _CONTEXT),
        ContentItem(concepts.DEVICE_OBSERVER_NAME, Text(observer.name), (), _CONTEXT),
        ContentItem(
            concepts.DEVICE_OBSERVER_MANUFACTURER, Text(observer.manufacturer), (), _CONTEXT
        ),
    )


def _person(name: str) -> tuple[ContentItem, ...]:
    """Write a person as observer (TID 1001, 1002, 1003); the whole name as family name."""
    written = PersonName(f"{person_name(name)}^")
    return (
        ContentItem(concepts.OBSERVER_TYPE, concepts.PERSON, (), _CONTEXT),
        ContentItem(concepts.PERSON_OBSERVER_NAME, written, (), _CONTEXT),
    )


def _image_library(report: MeasurementReport) -> ContentItem:
    """List the images (TID 1600)."""
    images = (
        ContentItem(None, ImageReference(image.sop_class_uid, image.sop_instance_uid))
        for image in report.images.values()
    )
    group = ContentItem(concepts.IMAGE_LIBRARY_GROUP, Container(), tuple(images))
    return ContentItem(concepts.IMAGE_LIBRARY, Container(), (group,))


def _group(measurement: Measurement, number: int, report: MeasurementReport) -> ContentItem:
    named = measurement.label or measurement.tool.value
    children = [
        ContentItem(concepts.TRACKING_IDENTIFIER, Text(f"{named} {number}"), (), _CONTEXT),
        ContentItem(
            concepts.TRACKING_UNIQUE_IDENTIFIER,
            UIDReference(measurement.tracking_uid),
            (),
            _CONTEXT,
        ),
        ContentItem(concepts.MEASUREMENT_METHOD, concepts.TOOLS[measurement.tool], (), _MODIFIER),
        *_site(measurement.label),
    ]
    if measurement.measured_by != report.observer.name:
        children += _person(measurement.measured_by)
    drawn = tuple(_coordinates(figure, report.images) for figure in measurement.figures)
    if measurement.tool in {Tool.ARROW, Tool.NOTE}:
        children.append(ContentItem(concepts.COMMENT, Text(measurement.text or _NO_WORDS), drawn))
    else:
        children += _numbers(measurement, drawn)
        children += _manual_scale(measurement.manual_scale)
    return ContentItem(
        concepts.MEASUREMENT_GROUP,
        Container("1501"),
        tuple(children),
        observed_at=measurement.measured_at,
    )


def _site(key: str) -> Iterator[ContentItem]:
    label = LABELS.get(key)
    if label is not None and label.site is not None:
        side = (
            (ContentItem(concepts.LATERALITY, label.laterality, (), _MODIFIER),)
            if label.laterality is not None
            else ()
        )
        yield ContentItem(concepts.FINDING_SITE, label.site, side, _MODIFIER)


def _numbers(measurement: Measurement, drawn: tuple[ContentItem, ...]) -> Iterator[ContentItem]:
    """Write the numbers (TID 300), the label's own first, with what they were inferred from."""
    label = LABELS.get(measurement.label)
    ordered = sorted(
        measurement.values, key=lambda it: label is not None and it.quantity is not label.quantity
    )
    for place, value in enumerate(ordered):
        concept = concepts.QUANTITIES[value.quantity]
        is_labelled = label is not None and value.quantity is label.quantity
        view = (
            (ContentItem(concepts.IMAGE_VIEW, label.view, (), _MODIFIER),)
            if label is not None and is_labelled and label.view is not None
            else ()
        )
        yield ContentItem(
            label.code if label is not None and is_labelled else concept.code,
            Number(value.number, concept.unit),
            (*view, *(drawn if place == 0 else ())),
            observed_at=measurement.measured_at,
        )


def _coordinates(figure: Figure, images: Mapping[str, ReferencedImage]) -> ContentItem:
    """Write places with the image they lie on (TID 320)."""
    image = images[figure.sop_instance_uid]
    frames = (figure.frame,) if image.number_of_frames > 1 else ()
    reference = ContentItem(
        None,
        ImageReference(image.sop_class_uid, image.sop_instance_uid, frames),
        (),
        Relationship.SELECTED_FROM,
    )
    return ContentItem(
        None,
        SpatialCoordinates(figure.graphic_type, figure.points),
        (reference,),
        Relationship.INFERRED_FROM,
    )


def _manual_scale(scale: ManualScale | None) -> Iterator[ContentItem]:
    if scale is not None:
        yield ContentItem(concepts.COMMENT, Text(concepts.CALIBRATED_BY_HAND))
        for concept, cm in (
            (concepts.HORIZONTAL_PIXEL_SPACING, scale.cm_per_column),
            (concepts.VERTICAL_PIXEL_SPACING, scale.cm_per_row),
        ):
            yield ContentItem(concept, Number(10 * cm, concepts.MILLIMETRE))


def _repeats(means: Sequence[LabelMean]) -> list[LabelMean]:
    return [mean for mean in means if mean.count > 1]


def _derived_group(report: MeasurementReport) -> ContentItem:
    """Write means and computed values, for readers who do not compute themselves."""
    items = [
        ContentItem(
            LABELS[mean.label].code,
            Number(mean.number, mean.unit),
            (ContentItem(concepts.DERIVATION, concepts.MEAN, (), _MODIFIER),),
        )
        for mean in _repeats(report.means)
    ]
    for value in report.derived:
        method = (
            (ContentItem(concepts.MEASUREMENT_METHOD, value.method, (), _MODIFIER),)
            if value.method is not None
            else ()
        )
        calculated = ContentItem(concepts.DERIVATION, concepts.CALCULATED, (), _MODIFIER)
        number = Number(value.number, value.unit)
        items.append(ContentItem(value.code, number, (*method, calculated)))
    computed = ContentItem(concepts.MEASUREMENT_METHOD, concepts.DERIVED_VALUES, (), _MODIFIER)
    named = ContentItem(concepts.TRACKING_IDENTIFIER, Text("Computed"), (), _CONTEXT)
    return ContentItem(concepts.MEASUREMENT_GROUP, Container("1501"), (named, computed, *items))


def read_report(root: ContentItem) -> tuple[Measurement, ...]:
    """Read the measurements of a report that we wrote; computed values are left out."""
    observer = _text_of(root.find(concepts.DEVICE_OBSERVER_NAME))
    imaging = root.find(concepts.IMAGING_MEASUREMENTS)
    groups = imaging.iter_children(concepts.MEASUREMENT_GROUP) if imaging is not None else ()
    found = (_read_group(group, observer) for group in groups)
    return tuple(measurement for measurement in found if measurement is not None)


def _read_group(group: ContentItem, observer: str) -> Measurement | None:
    method = group.find(concepts.MEASUREMENT_METHOD)
    code = method.value if method is not None else None
    tracking = group.find(concepts.TRACKING_UNIQUE_IDENTIFIER)
    uid = tracking.value.uid if tracking and isinstance(tracking.value, UIDReference) else ""
    if not isinstance(code, Code) or code.scheme != concepts.PRIVATE_SCHEME or not uid:
        return None
    tool = _TOOL_OF_METHOD.get(code.value)
    if tool is None:
        return None
    named = _text_of(group.find(concepts.TRACKING_IDENTIFIER)).rpartition(" ")[0]
    is_mark = tool in {Tool.ARROW, Tool.NOTE}
    key = named if named in LABELS and not is_mark else ""
    return Measurement(
        tracking_uid=uid,
        tool=tool,
        label=key,
        figures=tuple(_read_figures(group)),
        values=tuple(_read_values(group, key)),
        measured_at=group.observed_at or datetime.fromtimestamp(0, UTC),
        measured_by=_observer_of(group) or observer,
        text=_words_of(group) if is_mark else "",
        manual_scale=_read_scale(group),
    )


def _read_values(group: ContentItem, key: str) -> Iterator[MeasuredValue]:
    label = LABELS.get(key)
    for item in group.children:
        if not isinstance(item.value, Number) or item.value.number is None or not item.concept:
            continue
        if label is not None and same_code(item.concept, label.code):
            yield MeasuredValue(label.quantity, item.value.number)
            continue
        quantity: Quantity | None = _QUANTITY_OF_CODE.get(item.concept[:2])
        if quantity is not None:
            yield MeasuredValue(quantity, item.value.number)


def _read_figures(group: ContentItem) -> Iterator[Figure]:
    for item in group.walk():
        if not isinstance(item.value, SpatialCoordinates):
            continue
        image = next(
            (it.value for it in item.children if isinstance(it.value, ImageReference)), None
        )
        if image is not None:
            yield Figure(
                sop_instance_uid=image.sop_instance_uid,
                frame=image.frames[0] if image.frames else 1,
                graphic_type=item.value.graphic_type,
                points=item.value.points,
            )


def _read_scale(group: ContentItem) -> ManualScale | None:
    across = group.find(concepts.HORIZONTAL_PIXEL_SPACING)
    down = group.find(concepts.VERTICAL_PIXEL_SPACING)
    if across is None or down is None:
        return None
    if not isinstance(across.value, Number) or not isinstance(down.value, Number):
        return None
    if across.value.number is None or down.value.number is None:
        return None
    return ManualScale(across.value.number / 10, down.value.number / 10)


def _words_of(group: ContentItem) -> str:
    words = _text_of(group.find(concepts.COMMENT))
    return "" if words == _NO_WORDS else words


def _observer_of(group: ContentItem) -> str:
    """Return who measured; documents of earlier releases name everybody as a device."""
    person = group.find(concepts.PERSON_OBSERVER_NAME)
    if person is not None and isinstance(person.value, PersonName):
        return person.value.name.rstrip("^")
    return _text_of(group.find(concepts.DEVICE_OBSERVER_NAME))


def person_name(text: str) -> str:
    """Make a name one component of PN (PS3.5 6.2), which has signs of its own."""
    return "".join(" " if sign in "\\^=" else sign for sign in text)[:63].strip()


def _text_of(item: ContentItem | None) -> str:
    return item.value.text if item is not None and isinstance(item.value, Text) else ""
