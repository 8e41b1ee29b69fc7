"""The shapes of sharing in the JSON API: what is asked for, and what would leave."""

from typing import Literal

import msgspec

from sonarium.faces.ui_api.model import UIModel

ShareFormatName = Literal["dicom", "mp4", "gif", "png"]
MaskSourceName = Literal[
    "regions", "drawn", "regions and drawn", "no regions", "region of everything"
]


class PixelRectangle(UIModel, frozen=True):
    """Whole pixels of the stored picture, counted from 0; every bound lies inside."""

    left: int
    top: int
    right: int
    bottom: int


class PictureToShare(UIModel, frozen=True, kw_only=True):
    """Which frames of an object (the first is 0), and what a person has drawn around."""

    series_instance_uid: str = msgspec.field(name="seriesInstanceUID")
    sop_instance_uid: str = msgspec.field(name="sopInstanceUID")
    first_frame: int
    last_frame: int
    drawn: PixelRectangle | None = None


class FrameToPreview(PictureToShare, frozen=True, kw_only=True):
    """One of those frames, to be looked at."""

    frame: int


class FileToShare(PictureToShare, frozen=True, kw_only=True):
    """A file to be made, of pictures that a person has looked at."""

    format: ShareFormatName
    has_looked: bool
    """Somebody says that the pictures in the preview show nobody's name, number or date."""


class LeavingAttribute(UIModel, frozen=True):
    """One attribute of the DICOM copy."""

    tag: str
    name: str
    value: str


class FormatChoice(UIModel, frozen=True):
    """A kind of file; `refusal` says why it cannot be made, and is empty where it can."""

    format: ShareFormatName
    refusal: str


class SharePreview(UIModel, frozen=True):
    """What would leave: nothing while `kept` is empty."""

    rows: int
    columns: int
    kept: list[PixelRectangle]
    mask_source: MaskSourceName
    attributes: list[LeavingAttribute]
    number_removed: int
    formats: list[FormatChoice]
