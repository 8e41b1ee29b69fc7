import sys
from importlib.util import find_spec

import pytest

from sonarium.dicom.pixels.errors import VideoUnavailable
from sonarium.dicom.pixels.video_library import load_video_library, video_is_installed


def test_looking_does_not_load() -> None:
    assert video_is_installed() == (find_spec("av") is not None)


def test_without_the_library_films_are_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(VideoUnavailable):
        load_video_library()
