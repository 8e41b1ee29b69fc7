"""H.264 in a fragmented MP4: it can be played while it is still being written."""

from fractions import Fraction
from typing import Final

import numpy as np

from sonarium.dicom.pixels.arrays import Picture
from sonarium.dicom.pixels.video_library import load_video_library

_CODEC: Final = "libx264"
_TIME_BASE: Final = Fraction(1, 90_000)
_KEY_FRAME_DISTANCE: Final = 30
_ITU_709: Final = 1
_LIMITED_RANGE: Final = 1
_BEST_FACTOR: Final = 14
_WORST_FACTOR: Final = 40
_USUAL_QUALITY: Final = 85
_MP4_OPTIONS: Final = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


class Mp4Writer:
    """One film; give it pictures of one size."""

    def __init__(self, rows: int, columns: int, quality: int | None) -> None:
        """Open the film.

        Raises:
            VideoUnavailable: PyAV is not installed.
        """
        self._library = load_video_library()
        self._sink = _Sink()
        self._shape = (rows + rows % 2, columns + columns % 2)
        self._next_ms = 0.0
        options = {
            "preset": "veryfast",
            "tune": "zerolatency",  # every frame leaves at once
            "crf": str(_rate_factor(quality or _USUAL_QUALITY)),
        }
        self._container = self._library.open(self._sink, "w", format="mp4", options=_MP4_OPTIONS)
        self._stream = self._container.add_stream(_CODEC, options=options)
        self._stream.height, self._stream.width = self._shape
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.time_base = _TIME_BASE
        context.gop_size = _KEY_FRAME_DISTANCE
        context.thread_count = 1
        context.colorspace = context.color_primaries = context.color_trc = _ITU_709
        context.color_range = _LIMITED_RANGE

    def add(self, picture: Picture, duration_ms: float) -> bytes:
        """Encode one picture; return what has become ready."""
        frame = self._library.VideoFrame.from_ndarray(self._even(picture), format="rgb24")
        frame = frame.reformat(
            format="yuv420p", dst_colorspace=_ITU_709, dst_color_range=_LIMITED_RANGE
        )
        frame.time_base = _TIME_BASE
        frame.pts = round(self._next_ms / 1000 / _TIME_BASE)
        self._next_ms += duration_ms
        for packet in self._stream.encode(frame):
            packet.duration = round(duration_ms / 1000 / _TIME_BASE)
            self._container.mux(packet)
        return self._sink.take()

    def close(self) -> bytes:
        """Return the rest."""
        for packet in self._stream.encode():
            self._container.mux(packet)
        self._container.close()
        return self._sink.take()

    def _even(self, picture: Picture) -> Picture:
        """Return colours with an even number of rows and columns, the last one repeated."""
        colours = np.stack((picture,) * 3, axis=2) if picture.ndim == 2 else picture
        rows, columns = self._shape
        missing = ((0, rows - colours.shape[0]), (0, columns - colours.shape[1]), (0, 0))
        return np.pad(colours, missing, mode="edge")


def _rate_factor(quality: int) -> int:
    """Turn a quality from 1 to 100 into the constant rate factor of H.264."""
    return round(_WORST_FACTOR + (_BEST_FACTOR - _WORST_FACTOR) * quality / 100)


class _Sink:
    """Collects what PyAV writes; it cannot seek, so nothing written is changed later."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes | bytearray | memoryview) -> int:
        """Take bytes."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        """Hand over what was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
