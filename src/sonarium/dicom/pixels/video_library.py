"""The one door to PyAV, which is optional: its wheel brings libraries under the GPL.

The server only looks whether it is there. It is loaded in the worker that makes a
film, and nowhere else, so that a server without films carries none of it.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from sonarium.dicom.pixels.errors import VideoUnavailable

_NAME = "av"


def video_is_installed() -> bool:
    """Tell whether the optional extra `video` is installed."""
    return find_spec(_NAME) is not None


def load_video_library() -> ModuleType:
    """Return PyAV.

    Raises:
        VideoUnavailable: the extra `video` is not installed.
    """
    try:
        return import_module(_NAME)
    except ImportError as error:
        raise VideoUnavailable(
            "films need the optional extra 'video' (PyAV), which is not installed"
        ) from error
