"""A data set without its bulk values, decoded only where asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sonarium.dicom.scanner import Hole, ScannedDataSet

Path = tuple[int, ...]
"""Tag, then item number (from 1) and tag for each level below: `(0x00081140, 1, 0x00081155)`."""


@dataclass(frozen=True, slots=True)
class HeaderElement:
    """One element in a header; its value is decoded through the header."""

    tag: int
    vr: str
    raw: bytes | None
    """The encoded value; None for a sequence, or a bulk value."""
    hole: Hole | None
    items: tuple["Header", ...] | None


class Header:
    """A data set (or item) without bulk values; lazy."""

    def __init__(self, transfer_syntax_uid: str, header: bytes, holes: Sequence[Hole]) -> None:
        raise NotImplementedError

    @property
    def transfer_syntax_uid(self) -> str:
        """The encoding of the stored data set."""
        raise NotImplementedError

    def __contains__(self, tag: int) -> bool:
        raise NotImplementedError

    def tags(self) -> tuple[int, ...]:
        """Return the tags of this level, ascending."""
        raise NotImplementedError

    def vr(self, tag: int) -> str | None:
        """Return the VR, from the dictionary where the encoding does not say."""
        raise NotImplementedError

    def raw(self, tag: int) -> bytes | None:
        """Return the encoded value; None when absent, a sequence, or bulk."""
        raise NotImplementedError

    def text(self, tag: int) -> str | None:
        """Return the first value as text without padding; None when absent or empty."""
        raise NotImplementedError

    def texts(self, tag: int) -> list[str]:
        """Return all values as text without padding."""
        raise NotImplementedError

    def integer(self, tag: int) -> int | None:
        """Return the first value as a whole number; None when it is none."""
        raise NotImplementedError

    def decimal(self, tag: int) -> float | None:
        """Return the first value as a finite number; None when it is none."""
        raise NotImplementedError

    def decimals(self, tag: int) -> list[float]:
        """Return all values as numbers; empty when any is none."""
        raise NotImplementedError

    def date(self, tag: int) -> str | None:
        """Return a DA (or the date of a DT) as YYYYMMDD, mended where clear, for the index."""
        raise NotImplementedError

    def time(self, tag: int) -> str | None:
        """Return a TM as HHMMSS[.FFFFFF], mended where clear, for the index."""
        raise NotImplementedError

    def items(self, tag: int) -> "tuple[Header, ...]":
        """Return the items of a sequence; empty when absent or no sequence."""
        raise NotImplementedError

    def hole(self, tag: int) -> Hole | None:
        """Return where a bulk value lies in the stored data set."""
        raise NotImplementedError

    def extent(self, path: Path) -> Hole | None:
        """Return where any value lies in the stored (inflated) data set, bulk or not."""
        raise NotImplementedError

    def elements(self) -> Iterator[HeaderElement]:
        """Iterate over this level in tag order."""
        raise NotImplementedError

    def walk(self) -> Iterator[tuple[Path, HeaderElement]]:
        """Iterate over all levels, depth first."""
        raise NotImplementedError


def header_of(scanned: ScannedDataSet) -> Header:
    """Open what a scanner has just read, without parsing it again."""
    raise NotImplementedError


def pack_header(scanned: ScannedDataSet) -> bytes:
    """Write a scanned header compactly for its row."""
    raise NotImplementedError


def unpack_header(packed: bytes) -> Header:
    """Open what `pack_header` wrote."""
    raise NotImplementedError
