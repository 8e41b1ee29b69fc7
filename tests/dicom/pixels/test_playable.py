from collections.abc import Generator, Iterator
from io import BytesIO

import numpy as np
import pytest
from tests.dicom.pixels.objects import ultrasound_like

from sonarium.dicom.pixels.errors import DecodeFailed
from sonarium.dicom.pixels.playable import is_played, make_playable

av = pytest.importorskip("av")

FRAMES = 40
PIECE_BYTES = 5000


def transport_stream(codec: str) -> bytes:
    """Write a short video as a scanner may: a transport stream."""
    sink = BytesIO()
    with av.open(sink, "w", format="mpegts") as container:
        stream = container.add_stream(codec, rate=25)
        stream.height, stream.width, stream.pix_fmt = 64, 96, "yuv420p"
        stream.bit_rate = 2_000_000
        picture = av.VideoFrame.from_ndarray(ultrasound_like(64, 96), format="rgb24")
        for at in range(FRAMES):
            picture.pts = at
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return sink.getvalue()


def converted(stored: bytes) -> Iterator[bytes]:
    video: Generator[bytes, bytes | None, None] = make_playable()
    next(video)
    for start in range(0, len(stored), PIECE_BYTES):
        assert video.send(stored[start : start + PIECE_BYTES]) == b""
    while ready := video.send(None):
        yield ready


@pytest.mark.parametrize("codec", ["mpeg2video", "libx264"])
def test_what_no_browser_plays_becomes_an_mp4_of_the_same_pictures(codec: str) -> None:
    stored = transport_stream(codec)
    assert not is_played(stored[:12])
    film = b"".join(converted(stored))
    assert is_played(film[:12])
    frames = list(av.open(BytesIO(film)).decode(video=0))
    assert len(frames) == FRAMES
    shown = frames[10].to_ndarray(format="rgb24").astype(int)
    assert np.abs(shown - ultrasound_like(64, 96)).mean() < 12
    assert float(frames[25].pts * frames[25].time_base) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("stored", [b"", b"no video at all" * 100])
def test_what_is_no_video_is_refused(stored: bytes) -> None:
    with pytest.raises(DecodeFailed):
        list(converted(stored))
