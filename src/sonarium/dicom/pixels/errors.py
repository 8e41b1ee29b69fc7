"""Why pixels cannot be decoded, shown or transcoded."""

from sonarium.base.errors import RequestError, UnavailableError


class PixelError(RequestError):
    """Something about the pixels of one object; the message carries no patient data."""


class DecodeFailed(PixelError):
    """The bytes of a frame are not what the header and the transfer syntax declare."""


class FrameTooLarge(PixelError):
    """A frame declares more pixels than we are willing to decode."""


class UnsupportedPixels(PixelError):
    """The pixels are well described, in a way that we cannot read."""


class NotDisplayable(PixelError):
    """The object holds no picture: a report, a document, a waveform."""


class ViewportRefused(PixelError):
    """A viewport shows nothing of the frame, or would be too large."""


class TranscodeRefused(PixelError):
    """The target transfer syntax cannot hold these pixels, or only with a loss nobody allowed."""


class VideoUnavailable(UnavailableError):
    """Films need the optional extra `video` (PyAV), which is not installed."""
