"""Push scanner over an encoded data set: keeps the header, skips the bulk."""

from dataclasses import dataclass

from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.frames import FrameIndex

__all__ = ["DataSetScanner", "Hole", "MalformedDataSet", "ScanLimits", "ScannedDataSet"]


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """How much a hostile data set may cost us."""

    header_bytes: int = 16 * 2**20
    elements: int = 200_000
    depth: int = 32
    fragments: int = 2_000_000
    inflated_bytes: int = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Hole:
    """A bulk value taken out, in (inflated) data-set coordinates."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class ScannedDataSet:
    """What remains of a data set once its bulk values are taken out.

    `length` counts the whole data set with its bulk values (inflated).
    `oddities` names harmless departures from PS3.5, for an administrator.
    """

    transfer_syntax_uid: str
    length: int
    header: bytes
    holes: tuple[Hole, ...]
    frames: FrameIndex | None
    oddities: tuple[str, ...] = ()


class DataSetScanner:
    """Reads a data set chunk by chunk; never holds a bulk value."""

    def __init__(self, transfer_syntax_uid: str, limits: ScanLimits = ScanLimits()) -> None:
        raise NotImplementedError

    def feed(self, chunk: bytes | memoryview) -> None:
        """Take the next bytes; they are not kept beyond this call.

        Raises:
            MalformedDataSet: no data set begins like this.
        """
        raise NotImplementedError

    def finish(self) -> ScannedDataSet:
        """Say that all bytes were fed.

        Raises:
            TruncatedDataSet: an element, item or sequence is not complete.
        """
        raise NotImplementedError
