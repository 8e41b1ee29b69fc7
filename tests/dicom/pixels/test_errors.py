from sonarium.base.errors import RequestError, UnavailableError
from sonarium.dicom.pixels import errors


def test_pixel_errors_tell_the_caller_and_missing_video_may_come_later() -> None:
    assert issubclass(errors.PixelError, RequestError)
    assert issubclass(errors.VideoUnavailable, UnavailableError)
    for kind in (errors.DecodeFailed, errors.FrameTooLarge, errors.NotDisplayable):
        assert issubclass(kind, errors.PixelError)
