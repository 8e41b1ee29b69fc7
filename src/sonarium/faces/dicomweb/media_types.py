"""Accept and Content-Type as PS3.18 8.7 uses them: type, parameters and preferences."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

_WORD: Final = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_PARAMETER: Final = re.compile(
    rf"""\s*;\s*(?P<name>{_WORD})\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^;,\s]*))"""
)
_TYPE: Final = re.compile(rf"\s*(?P<type>{_WORD}/{_WORD}|\*)")
_LONGEST: Final = 8192

DICOM: Final = "application/dicom"
DICOM_JSON: Final = "application/dicom+json"
DICOM_XML: Final = "application/dicom+xml"
OCTET_STREAM: Final = "application/octet-stream"
MULTIPART: Final = "multipart/related"
ZIP: Final = "application/zip"


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One alternative of an Accept header; parameters in lower case, `q` taken out."""

    media_type: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    quality: float = 1.0

    @property
    def part_type(self) -> str:
        """The type that is asked for inside a multipart message, or the type itself."""
        if self.media_type == MULTIPART:
            return self.parameters.get("type", "*/*").lower()
        return self.media_type

    @property
    def is_multipart(self) -> bool:
        """Tell whether the answer is to be a multipart message."""
        return self.media_type == MULTIPART

    @property
    def transfer_syntax(self) -> str | None:
        """The transfer syntax that is asked for; `*` for whatever is stored."""
        return self.parameters.get("transfer-syntax")

    def takes(self, media_type: str) -> bool:
        """Tell whether a type (of a part) satisfies this alternative."""
        wanted = self.part_type
        return wanted in {"*/*", "*", media_type} or wanted == f"{media_type.partition('/')[0]}/*"


def parse_accept(header: str) -> list[MediaRange]:
    """Read an Accept header, most wanted first; what makes no sense is passed over.

    An empty header, or none, accepts anything (RFC 9110 12.5.1).
    """
    found: list[MediaRange] = []
    text, at = header[:_LONGEST], 0
    while at < len(text):
        match = _TYPE.match(text, at)
        if match is None:
            at = text.find(",", at) + 1 or len(text)
            continue
        parameters: dict[str, str] = {}
        end = match.end()
        while (parameter := _PARAMETER.match(text, end)) is not None:
            quoted = parameter["quoted"]
            value = parameter["plain"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            parameters[parameter["name"].lower()] = value
            end = parameter.end()
        quality = _quality(parameters.pop("q", "1"))
        if quality > 0:
            found.append(MediaRange(match["type"].lower(), parameters, quality))
        at = text.find(",", end) + 1 or len(text)
    return sorted(found, key=lambda one: -one.quality) or ([] if header.strip() else [ANYTHING])


ANYTHING: Final = MediaRange("*/*")


def parse_content_type(header: str) -> MediaRange:
    """Read a Content-Type header."""
    found = parse_accept(header)
    return found[0] if found else ANYTHING


def first_taken(accept: Sequence[MediaRange], offered: Sequence[str]) -> str | None:
    """Return the offered type that is most wanted; ours decides where the caller does not care."""
    for wanted in accept:
        if wanted.is_multipart:
            continue
        for media_type in offered:
            if wanted.takes(media_type):
                return media_type
    return None


def _quality(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0
