"""Key Object Selection: images that somebody marked, and why (PS3.3 A.35.4, TID 2010)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sonarium.dicom.sr.content import (
    Code,
    Container,
    ContentItem,
    ImageReference,
    Relationship,
    Text,
    UIDReference,
    same_code,
)
from sonarium.dicom.sr.document_modules import (
    DocumentIdentity,
    DocumentSeries,
    Observer,
    ReferencedImage,
    document_modules,
    evidence,
)
from sonarium.dicom.sr.writing import content_attributes
from sonarium.domain.attributes import Attributes

KEY_OBJECT_SELECTION: Final = "1.2.840.10008.5.1.4.1.1.88.59"

REASONS: Final = tuple(
    Code(value, "DCM", meaning)
    for value, meaning in (
        ("113000", "Of Interest"),
        ("113002", "For Referring Provider"),
        ("113004", "For Teaching"),
        ("113005", "For Conference"),
        ("113003", "For Surgery"),
        ("113008", "For Peer Review"),
        ("113009", "For Research"),
        ("113010", "Quality Issue"),
        ("113013", "Best In Set"),
    )
)
"""The document titles of CID 7010 that a reader chooses from."""

_SERIES: Final = DocumentSeries(KEY_OBJECT_SELECTION, "KO", 9701, "Key images")
_LANGUAGE: Final = Code("121049", "DCM", "Language of Content Item and Descendants")
_ENGLISH: Final = Code("en", "RFC5646", "English")
_OBSERVER_TYPE: Final = Code("121005", "DCM", "Observer Type")
_DEVICE: Final = Code("121007", "DCM", "Device")
_DEVICE_UID: Final = Code("121012", "DCM", "Device Observer UID")
_DEVICE_NAME: Final = Code("121013", "DCM", "Device Observer Name")
_DESCRIPTION: Final = Code("113012", "DCM", "Key Object Description")


@dataclass(frozen=True, slots=True)
class KeyImages:
    """Some images of one study, marked for one reason."""

    reason: Code
    description: str
    images: tuple[ImageReference, ...]
    observer: str


def key_object_document(
    identity: DocumentIdentity,
    copied: Attributes,
    marked: KeyImages,
    images: Mapping[str, ReferencedImage],
    observer: Observer,
) -> Attributes:
    """Write the whole data set of a selection."""
    modules = document_modules(identity, _SERIES, copied, observer)
    modules["0040A375"] = evidence(identity.study_instance_uid, images)
    return modules | content_attributes(key_object_content(marked, observer))


def key_object_content(marked: KeyImages, observer: Observer) -> ContentItem:
    """Write the content tree of a selection (TID 2010)."""
    context = Relationship.HAS_OBSERVATION_CONTEXT
    described = (ContentItem(_DESCRIPTION, Text(marked.description)),) if marked.description else ()
    return ContentItem(
        marked.reason,
        Container("2010"),
        (
            ContentItem(_LANGUAGE, _ENGLISH, (), Relationship.HAS_CONCEPT_MODIFIER),
            ContentItem(_OBSERVER_TYPE, _DEVICE, (), context),
            ContentItem(_DEVICE_UID, UIDReference(observer.uid), (), context),
            ContentItem(_DEVICE_NAME, Text(observer.name), (), context),
            *described,
            *(ContentItem(None, image) for image in marked.images),
        ),
    )


def read_key_images(root: ContentItem) -> KeyImages | None:
    """Read a selection of any maker; None where it has no title."""
    if root.concept is None:
        return None
    return KeyImages(
        reason=root.concept,
        description=_text(root, _DESCRIPTION),
        images=tuple(it.value for it in root.children if isinstance(it.value, ImageReference)),
        observer=_text(root, _DEVICE_NAME),
    )


def find_reason(value: str) -> Code | None:
    """Return the title with this code."""
    wanted = Code(value, "DCM", "")
    return next((reason for reason in REASONS if same_code(reason, wanted)), None)


def _text(root: ContentItem, concept: Code) -> str:
    item = root.find(concept)
    return item.value.text if item is not None and isinstance(item.value, Text) else ""
