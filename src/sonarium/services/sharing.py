"""Pictures that leave without identity: masked in their pixels, cleaned in their attributes.

Nothing is made of an object until it is known what may stay visible: its own ultrasound
regions, or the rectangle that a person has drawn.
"""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sonarium.base.errors import RequestError
from sonarium.base.log import get_logger
from sonarium.dicom.confidentiality import deidentified
from sonarium.dicom.element import (
    ITEM,
    PIXEL_DATA,
    SEQUENCE_DELIMITATION,
    UNDEFINED_LENGTH,
    encoding_of,
)
from sonarium.dicom.encode import encode_attributes
from sonarium.dicom.header import Header
from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.part10 import file_meta
from sonarium.dicom.pixels.format import PixelFormat
from sonarium.dicom.pixels.lossy_history import mark_past_loss
from sonarium.dicom.pixels.masking import CLEAN_TRANSFER_SYNTAX_UID, clean_format, clean_frame
from sonarium.dicom.pixels.rendering import MovingMediaType, Rectangle, Rendering, StillMediaType
from sonarium.dicom.pixels.rewrite import DataSetRewriter
from sonarium.dicom.uids import transfer_syntax
from sonarium.domain.access import Viewer
from sonarium.domain.attributes import Attributes
from sonarium.domain.selection import Selection
from sonarium.services.decoding import DecodingPool
from sonarium.services.render import RenderService
from sonarium.services.retrieve import NotHere, OpenedInstance, RetrieveService
from sonarium.ultrasound.identity_mask import IdentityMask, identity_mask
from sonarium.ultrasound.regions import SEQUENCE_OF_ULTRASOUND_REGIONS, read_regions

__all__ = [
    "Rectangle",
    "ShareFormat",
    "ShareRefused",
    "ShareRequest",
    "SharedFile",
    "SharingPreview",
    "SharingService",
]

_SHAREABLE_CLASSES: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.3.1",  # Ultrasound Multi-frame Image
        "1.2.840.10008.5.1.4.1.1.6.1",  # Ultrasound Image
        "1.2.840.10008.5.1.4.1.1.3",  # both, retired
        "1.2.840.10008.5.1.4.1.1.6",
        "1.2.840.10008.5.1.4.1.1.7",  # Secondary Capture
    }
)
"""SOP classes that are whole without what `confidentiality` removes."""
_SECRET_BYTES: Final = 32
_OF_THE_WHOLE_LOOP: Final = ("00082142", "00082143", "00180072", "00186060", "00286010")
"""Trim, duration, R waves and representative frame count in the whole loop (C.7.6.5, C.8.5.6)."""
_NUMBER_OF_FRAMES: Final = "00280008"
_FRAME_TIME_VECTOR: Final = "00181065"
_GREY_ONLY: Final = ("00281050", "00281051", "00281052", "00281053", "00281056", "20500020")
"""What would be applied a second time to values that are already as shown."""

log = get_logger(__name__)


class ShareRefused(RequestError):
    """Nothing leaves; the message says why, and what a person can do."""


class ShareFormat(StrEnum):
    """What is made of a still or a loop."""

    DICOM = "dicom"
    MP4 = "mp4"
    GIF = "gif"
    PNG = "png"


_MEDIA_TYPES: Final = {
    ShareFormat.DICOM: "application/dicom",
    ShareFormat.MP4: "video/mp4",
    ShareFormat.GIF: "image/gif",
    ShareFormat.PNG: "image/png",
}
_SUFFIXES: Final = {ShareFormat.DICOM: "dcm"}


@dataclass(frozen=True, slots=True)
class ShareRequest:
    """Which frames of one object (the first is 0), and what a person has drawn around."""

    selection: Selection
    first: int
    last: int
    drawn: Rectangle | None = None


@dataclass(frozen=True, slots=True)
class SharingPreview:
    """What would leave."""

    rows: int
    columns: int
    mask: IdentityMask
    attributes: Attributes
    removed: int
    """Top-level attributes that stay behind."""
    refused: dict[ShareFormat, str]
    """Formats that cannot be made, and why."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file on its way out; its name tells nothing."""

    name: str
    media_type: str
    pieces: AsyncIterator[bytes]


class SharingService:
    """Makes files that anybody may see."""

    def __init__(
        self, retrieve: RetrieveService, render: RenderService, decoding: DecodingPool
    ) -> None:
        self._retrieve = retrieve
        self._render = render
        self._decoding = decoding

    async def preview(self, viewer: Viewer, request: ShareRequest) -> SharingPreview:
        """Tell what would leave, before anything does.

        Raises:
            NotHere: the archive holds no such object or frames.
            PixelError: it holds no picture.
        """
        opened = await self._open(viewer, request)
        layout = await self._render.layout(opened, request.first)
        stored = header_to_json(opened.header, None)
        attributes = _attributes(opened.header, layout, request, secrets.token_bytes(_SECRET_BYTES))
        return SharingPreview(
            layout.rows,
            layout.columns,
            _mask(opened.header, layout, request),
            attributes,
            len(stored.keys() - attributes.keys()),
            _refusals(opened, request),
        )

    async def picture(self, viewer: Viewer, request: ShareRequest, frame: int) -> bytes:
        """Return one masked frame as PNG: as it would leave.

        Raises:
            ShareRefused: nobody has said what may stay visible.
            NotHere, PixelError: as `preview`.
        """
        opened = await self._open(viewer, request)
        if not request.first <= frame <= request.last:
            raise NotHere("the frame is not among those that would leave")
        kept = self._kept(opened.header, await self._render.layout(opened, frame), request)
        return await self._render.frame(opened, frame, StillMediaType.PNG, Rendering(kept=kept))

    async def share(self, viewer: Viewer, request: ShareRequest, wanted: ShareFormat) -> SharedFile:
        """Make a file; what is wrong with its beginning shows before its first bytes.

        Raises:
            ShareRefused: nobody has said what may stay visible, or it cannot be such a file.
            NotHere, PixelError: as `preview`.
            VideoUnavailable: MP4, and the extra `video` is not installed.
        """
        opened = await self._open(viewer, request)
        refused = _refusals(opened, request).get(wanted)
        if refused is not None:
            raise ShareRefused(refused)
        layout = await self._render.layout(opened, request.first)
        kept = self._kept(opened.header, layout, request)
        frames = range(request.first, request.last + 1)
        if wanted is ShareFormat.PNG:
            pieces = _one(await self.picture(viewer, request, request.first))
        elif wanted is ShareFormat.DICOM:
            secret = secrets.token_bytes(_SECRET_BYTES)
            pieces = self._dicom(opened, layout, request, kept, secret)
        else:
            moving = MovingMediaType.GIF if wanted is ShareFormat.GIF else MovingMediaType.MP4
            pieces = self._render.film(opened, moving, Rendering(kept=kept), frames)
        opening = await anext(pieces)
        what = f"{wanted.value}, frames {request.first + 1} to {request.last + 1}, identity removed"
        await self._retrieve.note_copy(viewer, request.selection, what)
        log.info("picture_shared", path_kind=wanted.value, count=len(frames))
        name = f"ultrasound-{secrets.token_hex(4)}.{_SUFFIXES.get(wanted, wanted.value)}"
        return SharedFile(name, _MEDIA_TYPES[wanted], _rest(opening, pieces))

    async def _open(self, viewer: Viewer, request: ShareRequest) -> OpenedInstance:
        opened = await self._retrieve.open(viewer, request.selection)
        if transfer_syntax(opened.row.transfer_syntax_uid).is_video:
            raise ShareRefused(
                "This loop is stored as a video, which cannot be masked frame by frame here."
            )
        count = 0 if opened.frames is None else opened.frames.count
        if not 0 <= request.first <= request.last < max(count, 1):
            raise NotHere("The object has not all of these frames.")
        return opened

    @staticmethod
    def _kept(header: Header, layout: PixelFormat, request: ShareRequest) -> tuple[Rectangle, ...]:
        kept = _mask(header, layout, request).kept
        if not kept:
            raise ShareRefused("Draw a rectangle around what may be seen; nothing leaves before.")
        return kept

    async def _dicom(
        self,
        opened: OpenedInstance,
        layout: PixelFormat,
        request: ShareRequest,
        kept: tuple[Rectangle, ...],
        secret: bytes,
    ) -> AsyncIterator[bytes]:
        attributes = _attributes(opened.header, layout, request, secret)
        writer = DataSetRewriter(encoding_of(transfer_syntax(CLEAN_TRANSFER_SYNTAX_UID)))
        head = file_meta(
            sop_class_uid=_text(attributes, "00080016"),
            sop_instance_uid=_text(attributes, "00080018"),
            transfer_syntax_uid=CLEAN_TRANSFER_SYNTAX_UID,
        )
        opening = [head, encode_attributes(attributes, CLEAN_TRANSFER_SYNTAX_UID)]
        opening += [writer.head(PIXEL_DATA, "OB", UNDEFINED_LENGTH), writer.item_head(ITEM, 0)]
        for frame in range(request.first, request.last + 1):
            stored, bit_offset = await self._retrieve.frame(opened, frame)
            clean = await self._decoding.run(clean_frame, stored, layout, kept, bit_offset)
            padded = clean + b"\0" * (len(clean) & 1)
            # The first frame is made before the first byte leaves: it may be broken.
            yield b"".join((*opening, writer.item_head(ITEM, len(padded)), padded))
            opening = []
        yield writer.item_head(SEQUENCE_DELIMITATION, 0)


def _mask(header: Header, layout: PixelFormat, request: ShareRequest) -> IdentityMask:
    tags = (int(SEQUENCE_OF_ULTRASOUND_REGIONS, 16),)
    regions = read_regions(header_to_json(header, None, tags))
    return identity_mask(regions, layout.rows, layout.columns, request.drawn)


def _refusals(opened: OpenedInstance, request: ShareRequest) -> dict[ShareFormat, str]:
    refused = {}
    if request.first == request.last:
        for moving in (ShareFormat.MP4, ShareFormat.GIF):
            refused[moving] = "One picture is no film."
    else:
        refused[ShareFormat.PNG] = "PNG holds one picture: choose this frame."
    if opened.row.sop_class_uid not in _SHAREABLE_CLASSES:
        refused[ShareFormat.DICOM] = (
            "Only ultrasound images and secondary captures can leave as DICOM."
        )
    return refused


def _attributes(
    header: Header, layout: PixelFormat, request: ShareRequest, secret: bytes
) -> Attributes:
    """Return all attributes of the copy, but its pixels."""
    stored = header_to_json(header, None)
    kept = deidentified(stored, secret)
    clean = clean_format(layout)
    if not clean.is_as_stored:
        kept = {key: element for key, element in kept.items() if key not in _GREY_ONLY}
    numbers = {
        "00280002": clean.samples_per_pixel,
        "00280010": layout.rows,
        "00280011": layout.columns,
        "00280100": clean.bits_allocated,
        "00280101": clean.bits_stored,
        "00280102": clean.bits_stored - 1,
        "00280103": 0,
    }
    kept |= {key: {"vr": "US", "Value": [number]} for key, number in numbers.items()}
    kept["00280004"] = {"vr": "CS", "Value": [clean.photometric_interpretation]}
    if clean.samples_per_pixel == 3:
        kept["00280006"] = {"vr": "US", "Value": [0]}
    if mark_past_loss(header):
        kept["00282110"] = {"vr": "CS", "Value": ["01"]}
    return _of_frames(kept, request, layout.number_of_frames)


def _of_frames(attributes: Attributes, request: ShareRequest, stored_count: int) -> Attributes:
    """Say how many frames there are, and drop what counts in frames that stay behind."""
    count = request.last - request.first + 1
    if _NUMBER_OF_FRAMES not in attributes:
        return attributes
    changed: Attributes = dict(attributes)
    changed[_NUMBER_OF_FRAMES] = {"vr": "IS", "Value": [count]}
    if count == stored_count:
        return changed
    for key in _OF_THE_WHOLE_LOOP:
        changed.pop(key, None)
    steps = attributes.get(_FRAME_TIME_VECTOR, {}).get("Value")
    if isinstance(steps, list):
        run = [0, *steps[request.first + 1 : request.last + 1]]
        changed[_FRAME_TIME_VECTOR] = {"vr": "DS", "Value": [*run]}
    return changed


def _text(attributes: Attributes, key: str) -> str:
    values = attributes.get(key, {}).get("Value")
    return str(values[0]) if isinstance(values, list) and values else ""


async def _one(whole: bytes) -> AsyncIterator[bytes]:
    yield whole


async def _rest(opening: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield opening
    async for piece in pieces:
        if piece:
            yield piece
