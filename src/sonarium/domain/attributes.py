"""The DICOM JSON Model (PS3.18 F.2) as Python values: our currency for attributes."""

from typing import TypeAlias

JSONValue: TypeAlias = "str | int | float | bool | list[JSONValue] | dict[str, JSONValue] | None"

Element: TypeAlias = dict[str, JSONValue]
"""One attribute: `vr`, and at most one of `Value`, `BulkDataURI`, `InlineBinary`."""

Attributes: TypeAlias = dict[str, Element]
"""A data set: eight upper-case hexadecimal digits of the tag → element."""


def tag_key(tag: int) -> str:
    """Write a tag as the DICOM JSON Model does: `0x0020000D` → `"0020000D"`."""
    return f"{tag:08X}"
