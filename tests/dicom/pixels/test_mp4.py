from io import BytesIO

import numpy as np
import pytest
from tests.dicom.pixels.objects import ultrasound_like

from sonarium.dicom.pixels.mp4 import Mp4Writer

av = pytest.importorskip("av")


def test_a_film_keeps_time_size_and_colours() -> None:
    picture = ultrasound_like(63, 95)
    writer = Mp4Writer(63, 95, None)
    film = b"".join(writer.add(picture, duration) for duration in (40.0, 33.3, 100.0))
    film += writer.close()
    frames = list(av.open(BytesIO(film)).decode(video=0))
    assert [round(float(frame.pts * frame.time_base), 3) for frame in frames] == [0, 0.04, 0.073]
    shown = frames[1].to_ndarray(format="rgb24")
    assert shown.shape == (64, 96, 3)
    assert np.abs(shown[:63, :95].astype(int) - picture).mean() < 12
    flow = shown[33:42, 50:56].reshape(-1, 3).mean(axis=0)
    assert np.abs(flow - (200, 60, 20)).max() < 25


def test_bytes_leave_before_the_film_is_over() -> None:
    writer = Mp4Writer(64, 96, 60)
    grey = ultrasound_like()[:, :, 0]
    early = b"".join(writer.add(grey, 40.0) for _ in range(40))
    assert early[4:8] == b"ftyp"
    assert b"moof" in early
    assert writer.close()
