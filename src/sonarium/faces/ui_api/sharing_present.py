"""From the values of sharing to the shapes of the JSON API, and back."""

from sonarium.dicom.dictionary import keyword_of
from sonarium.domain.attributes import Attributes, Element, JSONValue
from sonarium.domain.selection import Selection
from sonarium.faces.ui_api.sharing_model import (
    FormatChoice,
    LeavingAttribute,
    PictureToShare,
    PixelRectangle,
    SharePreview,
)
from sonarium.services.sharing import Rectangle, ShareFormat, ShareRequest, SharingPreview

_LONGEST_VALUE = 120


def share_request(study_instance_uid: str, asked: PictureToShare) -> ShareRequest:
    """Read what is asked for."""
    drawn = asked.drawn
    return ShareRequest(
        Selection(study_instance_uid, asked.series_instance_uid, asked.sop_instance_uid),
        asked.first_frame,
        asked.last_frame,
        None if drawn is None else Rectangle(drawn.left, drawn.top, drawn.right, drawn.bottom),
    )


def share_preview(preview: SharingPreview) -> SharePreview:
    """Show what would leave."""
    return SharePreview(
        rows=preview.rows,
        columns=preview.columns,
        kept=[
            PixelRectangle(left=one.left, top=one.top, right=one.right, bottom=one.bottom)
            for one in preview.mask.kept
        ],
        mask_source=preview.mask.source.value,
        attributes=_leaving(preview.attributes),
        number_removed=preview.removed,
        formats=[
            FormatChoice(format=one.value, refusal=preview.refused.get(one, ""))
            for one in ShareFormat
        ],
    )


def _leaving(attributes: Attributes) -> list[LeavingAttribute]:
    return [
        LeavingAttribute(
            tag=f"({key[:4]},{key[4:]})", name=keyword_of(int(key, 16)) or "", value=_words(element)
        )
        for key, element in sorted(attributes.items())
    ]


def _words(element: Element) -> str:
    values = element.get("Value")
    text = "\\".join(map(_word, values)) if isinstance(values, list) else ""
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _word(value: JSONValue) -> str:
    if isinstance(value, dict):
        meaning = value.get("00080104")
        if isinstance(meaning, dict):
            return _words(meaning)
        name = value.get("Alphabetic")
        return name if isinstance(name, str) else f"{len(value)} attributes"
    return "" if value is None else str(value)
