"""Stored video that browsers do not play (MPEG-2, HEVC, transport streams) as H.264 in MP4.

The video is a generator, as a film is: it takes the stored bytes piece by piece and then None
for their end; from then on each None brings the next piece of the MP4, and empty bytes its end.
"""

from collections.abc import Generator, Iterator
from io import BytesIO
from types import ModuleType
from typing import Final

from sonarium.dicom.pixels.errors import DecodeFailed
from sonarium.dicom.pixels.mp4 import Mp4Writer
from sonarium.dicom.pixels.video_library import load_video_library

PLAYED_HEAD_BYTES: Final = 12
_LARGEST_BYTES: Final = 200 * 2**20
_USUAL_RATE: Final = 30.0


def is_played(head: bytes) -> bool:
    """Tell from its first bytes whether a video is an MP4, which every browser opens."""
    return head[4:8] == b"ftyp"


def make_playable() -> Generator[bytes, bytes | None, None]:
    """Convert one video. Runs in a decoding worker.

    Raises:
        DecodeFailed: it is too large to be held, or no video that can be read.
        VideoUnavailable: the extra `video` is not installed.
    """
    library = load_video_library()
    stored = BytesIO()
    piece = yield b""
    while piece is not None:
        if stored.tell() + len(piece) > _LARGEST_BYTES:
            raise DecodeFailed("the video is too large to be converted")
        stored.write(piece)
        piece = yield b""
    stored.seek(0)
    try:
        for ready in _converted(library, stored):
            if ready:
                yield ready
    except library.error.FFmpegError as error:
        raise DecodeFailed("the video cannot be read") from error
    yield b""


def _converted(library: ModuleType, stored: BytesIO) -> Iterator[bytes]:
    with library.open(stored) as container:
        if not container.streams.video:
            raise DecodeFailed("the object holds no video")
        stream = container.streams.video[0]
        duration_ms = 1000 / float(stream.average_rate or _USUAL_RATE)
        writer: Mp4Writer | None = None
        for frame in container.decode(stream):
            picture = frame.to_ndarray(format="rgb24")
            if writer is None:
                writer = Mp4Writer(picture.shape[0], picture.shape[1], None)
            yield writer.add(picture, duration_ms)
        if writer is None:
            raise DecodeFailed("the video holds no picture")
        yield writer.close()
