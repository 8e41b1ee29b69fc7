"""The same object in another transfer syntax, frame by frame (PS3.5 Annex A and 8.2).

What loses nothing keeps its identity: values go over bit by bit, and so does their
label. Only what a codec has converted (DCT and component transforms become RGB) is
labelled anew. What loses information becomes another object with its own UID.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from sonarium.base.errors import SonariumError
from sonarium.dicom.deflate import Deflater
from sonarium.dicom.element import (
    ITEM,
    PIXEL_DATA,
    SEQUENCE_DELIMITATION,
    UNDEFINED_LENGTH,
    encoding_of,
)
from sonarium.dicom.frames import FrameIndex
from sonarium.dicom.header import Header
from sonarium.dicom.pixels.codecs import DECODERS
from sonarium.dicom.pixels.encode import ENCODERS, Encoder
from sonarium.dicom.pixels.errors import NotDisplayable, TranscodeRefused
from sonarium.dicom.pixels.format import NO_BULK, BulkValues, PixelFormat, pixel_format
from sonarium.dicom.pixels.lossy_history import derived_uid, mark_new_loss, mark_past_loss
from sonarium.dicom.pixels.parts import (
    Part,
    Reader,
    RecodedFrame,
    StoredRange,
    iter_range,
    turn_words,
)
from sonarium.dicom.pixels.recode import Recoding, lossy_ratio, recode_frame, values_photometric
from sonarium.dicom.pixels.rendering import DEFAULT_QUALITY
from sonarium.dicom.pixels.rewrite import Changes, DataSetRewriter, NewElement, joined
from sonarium.dicom.uids import TransferSyntax, transfer_syntax

__all__ = [
    "Part",
    "Reader",
    "RecodedFrame",
    "Recoding",
    "StoredRange",
    "TranscodePlan",
    "can_transcode",
    "iter_transcoded",
    "lossy_ratio",
    "plan_transcode",
    "recode_frame",
]

_LONGEST_VALUE: Final = 0xFFFFFFFE
_SOP_INSTANCE_UID: Final = 0x00080018
_SAMPLES_PER_PIXEL: Final = 0x00280002
_PHOTOMETRIC_INTERPRETATION: Final = 0x00280004
_PLANAR_CONFIGURATION: Final = 0x00280006
_NUMBER_OF_FRAMES: Final = 0x00280008
_BITS_ALLOCATED: Final = 0x00280100
_BITS_STORED: Final = 0x00280101
_HIGH_BIT: Final = 0x00280102
_OFFSET_TABLES: Final = (0x7FE00001, 0x7FE00002)
_PALETTE_TAGS: Final = (
    *(0x00280106, 0x00280107, 0x00280120, 0x00281199),
    *range(0x00281101, 0x00281105),
    *range(0x00281111, 0x00281114),
    *range(0x00281201, 0x00281205),
    *range(0x00281211, 0x00281214),
    *range(0x00281221, 0x00281224),
)
"""What describes palette indexes, and so goes with them."""


@dataclass(frozen=True, slots=True)
class TranscodePlan:
    """A new data set, described before any pixel is read."""

    transfer_syntax_uid: str
    sop_instance_uid: str
    """Another than the stored one when the target loses information (PS3.3 C.7.6.1.1.5)."""
    recoding: Recoding | None
    parts: Callable[[], Iterator[Part]] = field(repr=False)
    is_deflated: bool = False
    """All that the parts give has to be deflated as one stream."""


def can_transcode(header: Header, target_transfer_syntax_uid: str, *, allow_lossy: bool) -> bool:
    """Tell whether `plan_transcode` would succeed, without planning."""
    try:
        _recoding(header, target_transfer_syntax_uid, NO_BULK, allow_lossy, DEFAULT_QUALITY)
    except SonariumError:
        return False
    return True


def plan_transcode(
    header: Header,
    frames: FrameIndex | None,
    target_transfer_syntax_uid: str,
    bulk: BulkValues = NO_BULK,
    *,
    allow_lossy: bool = False,
    quality: int = DEFAULT_QUALITY,
    ratio: float | None = None,
) -> TranscodePlan:
    """Plan an object's data set in another transfer syntax.

    Args:
        header: of the stored object.
        frames: where its frames lie.
        target_transfer_syntax_uid: native, or one of `ENCODERS`.
        bulk: the values of `lut_holes(header)`.
        allow_lossy: without it a target that loses information is refused.
        quality: of a lossy target, 1 to 100.
        ratio: `lossy_ratio` of a frame tried before, to be written down.

    Raises:
        TranscodeRefused: the target cannot hold these pixels, or only with a loss.
        UnsupportedPixels: the pixels are not described well enough.
    """
    target = transfer_syntax(target_transfer_syntax_uid)
    recoding = _recoding(header, target_transfer_syntax_uid, bulk, allow_lossy, quality)
    uid = header.text(_SOP_INSTANCE_UID) or ""
    writer = DataSetRewriter(encoding_of(target))
    changes: dict[int, NewElement | None] = {}
    pixel_data: Callable[[], Iterator[Part]] | None = None
    if PIXEL_DATA in header:
        changes |= mark_past_loss(header)
    if recoding is not None:
        if frames is None:
            raise TranscodeRefused("the frames of the object cannot be told apart")
        encoder = ENCODERS.get(target.uid)
        changes |= _pixel_changes(header, recoding, encoder, frames.count)
        if encoder is not None and encoder.lossy_method:
            uid = derived_uid(header, target.uid, quality)
            changes |= mark_new_loss(header, uid, encoder.lossy_method, ratio)
        pixel_data = _pixel_data(writer, recoding, frames, encoder)
    elif PIXEL_DATA in header:
        pixel_data = _copied_pixel_data(writer, header, target)

    def parts() -> Iterator[Part]:
        return joined(writer.parts(header, changes, pixel_data and pixel_data()))

    return TranscodePlan(target.uid, uid, recoding, parts, target.is_deflated)


def _recoding(
    header: Header,
    target_transfer_syntax_uid: str,
    bulk: BulkValues,
    allow_lossy: bool,  # noqa: FBT001 - passed on in order
    quality: int,
) -> Recoding | None:
    """Return how frames change; None when they can be copied, or there are none."""
    source = transfer_syntax(header.transfer_syntax_uid)
    target = transfer_syntax(target_transfer_syntax_uid)
    encoder = ENCODERS.get(target.uid)
    if target.is_encapsulated and encoder is None:
        raise TranscodeRefused(f"{target.name} cannot be written")
    if not source.is_encapsulated and not target.is_encapsulated:
        return None
    try:
        layout = pixel_format(header, bulk)
    except NotDisplayable:
        if target.is_encapsulated:
            raise TranscodeRefused("an object without pixels has nothing to compress") from None
        return None
    _check_source(layout, source)
    if encoder is not None:
        _check_target(layout, encoder, target, allow_lossy=allow_lossy)
    return Recoding(layout, target.uid, quality)


def _check_source(layout: PixelFormat, source: TransferSyntax) -> None:
    if source.is_encapsulated and layout.transfer_syntax_uid not in DECODERS:
        raise TranscodeRefused(f"{source.name} cannot be decoded")
    if layout.is_float or layout.bits_allocated == 1:
        raise TranscodeRefused("pixels of this kind can only be stored natively")


def _check_target(
    layout: PixelFormat, encoder: Encoder, target: TransferSyntax, *, allow_lossy: bool
) -> None:
    if layout.bits_stored > encoder.most_bits:
        raise TranscodeRefused(f"{target.name} cannot hold {layout.bits_stored} bits a sample")
    if not encoder.lossy_method:
        if layout.photometric_interpretation.startswith("YBR_PARTIAL"):
            raise TranscodeRefused(f"{target.name} has no place for half chroma")
        return
    if not allow_lossy:
        raise TranscodeRefused(f"{target.name} would lose information")
    if layout.is_signed or layout.bits_allocated != 8:
        raise TranscodeRefused(f"{target.name} holds pixels of 8 bits only")


# What the new header says.


def _pixel_changes(
    header: Header, recoding: Recoding, encoder: Encoder | None, count: int
) -> Changes:
    layout = recoding.source
    photometric = values_photometric(layout)
    changes: dict[int, NewElement | None] = dict.fromkeys(_OFFSET_TABLES)
    samples = layout.samples_per_pixel
    if encoder is not None and encoder.lossy_method and photometric == "PALETTE COLOR":
        samples = 3
        changes |= dict.fromkeys(_PALETTE_TAGS)
        for tag, number in ((_SAMPLES_PER_PIXEL, 3), (_BITS_STORED, 8), (_HIGH_BIT, 7)):
            changes[tag] = _number(tag, number)
    if samples == 3:
        if encoder is not None and (encoder.lossy_method or photometric == "RGB"):
            photometric = encoder.rgb_becomes
        changes[_PLANAR_CONFIGURATION] = _number(_PLANAR_CONFIGURATION, 0)
    changes[_PHOTOMETRIC_INTERPRETATION] = NewElement(
        _PHOTOMETRIC_INTERPRETATION, "CS", photometric.encode("ascii", "replace")
    )
    if layout.high_bit != layout.bits_stored - 1:
        changes[_HIGH_BIT] = _number(_HIGH_BIT, layout.bits_stored - 1)
    if _NUMBER_OF_FRAMES in header and header.integer(_NUMBER_OF_FRAMES) != count:
        text = str(count).encode("ascii")
        changes[_NUMBER_OF_FRAMES] = NewElement(_NUMBER_OF_FRAMES, "IS", text)
    return changes


def _number(tag: int, number: int) -> NewElement:
    return NewElement(tag, "US", number.to_bytes(2, "little"))


# Pixel Data.


def _copied_pixel_data(
    writer: DataSetRewriter, header: Header, target: TransferSyntax
) -> Callable[[], Iterator[Part]]:
    """Copy native pixels, turning words by Bits Allocated.

    8-bit pixels under OW lie in words, which big endian turns; under OB they do not.
    """
    bits, vr = header.integer(_BITS_ALLOCATED) or 8, header.vr(PIXEL_DATA) or "OB"
    is_implicit = transfer_syntax(header.transfer_syntax_uid).is_implicit
    written_vr = "OW" if bits > 8 else "OB" if is_implicit or target.is_big_endian else vr
    word_size = 1
    if header.order != encoding_of(target).order:
        word_size = bits // 8 if bits > 8 else 2 if header.order == ">" and vr == "OW" else 1
    hole, raw = header.hole(PIXEL_DATA), header.raw(PIXEL_DATA) or b""
    length = len(raw) if hole is None else hole.length
    whole = length - length % word_size
    value: Part = (
        turn_words(raw[:whole], word_size)
        if hole is None
        else StoredRange(hole.offset, whole, word_size)
    )
    padded = length + (length & 1)
    head = writer.head(PIXEL_DATA, written_vr, padded)
    return lambda: iter((head, value, b"\0" * (padded - whole)))


def _pixel_data(
    writer: DataSetRewriter, recoding: Recoding, frames: FrameIndex, encoder: Encoder | None
) -> Callable[[], Iterator[Part]]:
    """Return what writes Pixel Data of recoded frames, with its head."""
    recoded = [RecodedFrame(frames.extents(n), frames.bit_offset(n)) for n in range(frames.count)]
    if encoder is not None:
        return lambda: iter(
            (
                writer.head(PIXEL_DATA, "OB", UNDEFINED_LENGTH),
                writer.item_head(ITEM, 0),  # an empty Basic Offset Table
                *recoded,
                writer.item_head(SEQUENCE_DELIMITATION, 0),
            )
        )
    length = recoding.source.frame_bytes * frames.count
    if length > _LONGEST_VALUE:
        raise TranscodeRefused("the pixels are too many for a native transfer syntax")
    vr = "OW" if recoding.source.bits_allocated > 8 else "OB"
    head = writer.head(PIXEL_DATA, vr, length + (length & 1))
    return lambda: iter((head, *recoded, b"\0" * (length & 1)))


# Carrying out.


def iter_transcoded(plan: TranscodePlan, read: Reader) -> Iterator[bytes]:
    """Carry a plan out in this process: for tests and tools that trust their input."""
    pieces = _carried_out(plan, read)
    yield from deflated(pieces) if plan.is_deflated else pieces


def _carried_out(plan: TranscodePlan, read: Reader) -> Iterator[bytes]:
    for part in plan.parts():
        if isinstance(part, bytes):
            yield part
        elif isinstance(part, StoredRange):
            yield from iter_range(part, read)
        elif plan.recoding is not None:
            stored = b"".join(read(offset, length) for offset, length in part.extents)
            yield recode_frame(stored, plan.recoding, part.bit_offset)


def deflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Deflate a data set while it streams (PS3.5 A.5)."""
    deflater = Deflater()
    for piece in pieces:
        yield deflater.deflate(piece)
    yield deflater.finish()
