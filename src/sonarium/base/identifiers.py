"""Keys that must not mix, and DICOM unique identifiers."""

import re
import uuid
from typing import NewType

UID = NewType("UID", str)
StudyRef = NewType("StudyRef", int)
SeriesRef = NewType("SeriesRef", int)
InstanceRef = NewType("InstanceRef", int)

IMPLEMENTATION_CLASS_UID = UID("2.25.302906846135414071373268264929637521117")
IMPLEMENTATION_VERSION_NAME = "SONARIUM_0_1"

_UID_SHAPE = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*", re.ASCII)
_USABLE_UID = re.compile(r"[0-9][0-9.]*", re.ASCII)
_MAX_UID_LENGTH = 64


def is_valid_uid(text: str) -> bool:
    """Tell whether `text` is a well-formed UID (PS3.5 9.1)."""
    return len(text) <= _MAX_UID_LENGTH and _UID_SHAPE.fullmatch(text) is not None


def is_usable_uid(text: str) -> bool:
    """Tell whether `text` can serve as a key although it may break PS3.5 9.1.

    Real scanners write components with leading zeros; refusing them would lose
    images. Anything but digits and dots is still refused, and so is a dot at the beginning:
    `..` would be a folder in an archive that somebody unpacks.
    """
    return len(text) <= _MAX_UID_LENGTH and _USABLE_UID.fullmatch(text) is not None


def new_uid() -> UID:
    """Make a UID from a random UUID (PS3.5 B.2)."""
    return UID(f"2.25.{uuid.uuid4().int}")
