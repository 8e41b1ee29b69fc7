"""The shapes of sharing."""

import msgspec
import pytest

from sonarium.faces.ui_api.sharing_model import FileToShare

BODY = (
    b'{"seriesInstanceUID":"1.2","sopInstanceUID":"1.3","firstFrame":0,"lastFrame":4,'
    b'"format":"gif","hasLooked":true}'
)


def test_a_request_names_frames_format_and_that_somebody_looked() -> None:
    read = msgspec.json.decode(BODY, type=FileToShare)
    assert (read.last_frame, read.format, read.has_looked, read.drawn) == (4, "gif", True, None)


def test_a_format_that_nobody_makes_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(BODY.replace(b"gif", b"avi"), type=FileToShare)
