"""Finds the objects in a folder, a DICOMDIR or a zip archive, and reads them in pieces.

Everything here blocks and belongs in a thread. Links are not followed, so that no folder is
walked twice and nothing outside the given one is read.
"""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from sonarium.base.errors import RequestError
from sonarium.dicom.errors import IncompletePrefix, MalformedDataSet
from sonarium.dicom.header import header_of
from sonarium.dicom.part10 import MAGIC, PREFIX_BYTES, Part10Start, split_part10
from sonarium.dicom.scanner import DataSetScanner

MEDIA_STORAGE_DIRECTORY: Final = "1.2.840.10008.1.3.10"
DIRECTORY_RECORD_SEQUENCE: Final = 0x00041220
REFERENCED_FILE_ID: Final = 0x00041500

_LONGEST_DIRECTORY_BYTES: Final = 64 * 2**20
_READ_BYTES: Final = 2**20
_HARMLESS_BYTES: Final = 256 * 2**20
_MOST_RATIO: Final = 100


class ImportRefused(RequestError):
    """There is nothing at that place that could be imported."""


class NotDICOM(RequestError):
    """The file is no DICOM object, and does not look as if it wanted to be one."""


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file that may hold an object; `member` is its name inside a zip archive."""

    path: Path
    member: str = ""

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Open the file for reading from its beginning."""
        if not self.member:
            with self.path.open("rb") as file:
                yield file
            return
        with zipfile.ZipFile(self.path) as archive:
            entry = archive.getinfo(self.member)
            if entry.file_size > max(_HARMLESS_BYTES, entry.compress_size * _MOST_RATIO):
                raise ImportRefused("the archive claims to unpack to far more than it holds")
            with archive.open(entry) as file:
                yield file


def find_files(place: Path) -> list[ImportFile]:
    """List what may be imported from a file, folder, DICOMDIR or zip archive, in name order.

    Files that a DICOMDIR refers to and that are not there are listed too.

    Raises:
        ImportRefused: the place does not exist, or is a DICOMDIR that cannot be read.
    """
    if place.is_dir():
        return sorted(_walk(place), key=lambda file: (file.path, file.member))
    if not place.is_file():
        raise ImportRefused("there is no such file or folder")
    if place.name.upper() == "DICOMDIR":
        return [ImportFile(path) for path in _referenced_files(place)]
    return list(_expand(place))


def _walk(folder: Path) -> Iterator[ImportFile]:
    for current, _, names in os.walk(folder):
        for name in names:
            path = Path(current, name)
            if not path.is_symlink() and path.is_file():
                yield from _expand(path)


def _expand(path: Path) -> Iterator[ImportFile]:
    if path.suffix.lower() != ".zip" or not zipfile.is_zipfile(path):
        yield ImportFile(path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one.filename for one in archive.infolist() if not one.is_dir()]
    except zipfile.BadZipFile:
        members = []
    for member in members:
        yield ImportFile(path, member)


def _referenced_files(directory: Path) -> list[Path]:
    """List the files that a DICOMDIR refers to (PS3.3 F.3)."""
    with directory.open("rb") as file:
        encoded = file.read(_LONGEST_DIRECTORY_BYTES)
    try:
        start = split_part10(encoded)
        scanner = DataSetScanner(start.transfer_syntax_uid)
        scanner.feed(memoryview(encoded)[start.data_set_offset :])
        header = header_of(scanner.finish())
    except MalformedDataSet as error:
        raise ImportRefused(f"the DICOMDIR cannot be read: {error}") from error
    found: dict[Path, None] = {}
    for record in header.items(DIRECTORY_RECORD_SEQUENCE):
        components = record.texts(REFERENCED_FILE_ID)
        if components:
            found[_resolve(directory.parent, components)] = None
    return list(found)


def _resolve(folder: Path, components: list[str]) -> Path:
    """Follow a Referenced File ID (0004,1500), whatever case the file system gave the names.

    A component that is no plain name, or a link, leads to a file that cannot exist.
    """
    path = folder
    for component in components:
        if component in {"", ".", ".."} or "/" in component or "\0" in component:
            return folder / "(not a file name)"
        exact = path / component
        if not exact.exists() and path.is_dir():
            wanted = component.casefold()
            alike = (one for one in path.iterdir() if one.name.casefold() == wanted)
            exact = next(alike, exact)
        if exact.is_symlink():
            return folder / "(not a file name)"
        path = exact
    return path


def read_start(file: IO[bytes]) -> tuple[Part10Start, bytes]:
    """Read how a file begins; return the beginning of its data set too.

    Raises:
        NotDICOM: it is something else.
        MalformedDataSet: it begins as a DICOM file and goes on otherwise.
    """
    prefix = file.read(PREFIX_BYTES)
    try:
        start = split_part10(prefix)
    except IncompletePrefix:
        raise
    except MalformedDataSet as error:
        if prefix[128:132] == MAGIC:
            raise
        raise NotDICOM("not a DICOM file") from error
    if start.meta.media_storage_sop_class_uid == MEDIA_STORAGE_DIRECTORY:
        raise NotDICOM("a DICOMDIR, which lists objects and is none")
    return start, prefix[start.data_set_offset :]


def iter_chunks(file: IO[bytes], first: bytes) -> Iterator[bytes]:
    """Iterate over a data set whose beginning was read already."""
    if first:
        yield first
    while chunk := file.read(_READ_BYTES):
        yield chunk
