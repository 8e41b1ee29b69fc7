"""A disk that loses power: the operations of a run are recorded, then cut off anywhere.

What was not synced when the power went may be there or not, sector by sector and entry by
entry, in any mixture; what was synced is there. This is weaker than any file system promises.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pytest

SECTOR_BYTES = 512


@dataclass(frozen=True, slots=True)
class Write:
    inode: int
    offset: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    inode: int
    length: int


@dataclass(frozen=True, slots=True)
class Sync:
    inode: int


@dataclass(frozen=True, slots=True)
class Entry:
    """`path` begins to name `inode`, or nothing; a rename is two of them at once."""

    folder: Path
    names: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Acknowledge:
    key: str


Operation = Write | Truncate | Sync | Entry | Acknowledge


class Recording:
    """Everything that was asked of the disk below `root`, in order."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.operations: list[Operation] = []
        self.folders: dict[int, Path] = {}
        self._inodes: dict[int, int] = {}
        self._positions: dict[int, int] = {}
        self._held: list[BinaryIO] = []

    def acknowledge(self, key: str) -> None:
        self.operations.append(Acknowledge(key))

    def opened(self, fd: int, path: str | Path, flags: int = 0, *_: object) -> None:
        self._inodes.pop(fd, None)
        path = Path(path)
        if not path.is_relative_to(self.root):
            return
        inode = self._inodes[fd] = os.fstat(fd).st_ino
        self._positions[fd] = 0
        if not flags & os.O_DIRECTORY:
            # No later file gets this inode. A duplicate would hold the file's locks too.
            self._held.append(path.open("rb"))
        if flags & os.O_DIRECTORY:
            self.folders[inode] = path
        if flags & os.O_CREAT:
            self.operations.append(Entry(path.parent, ((path.name, inode),)))

    def written(self, count: int, fd: int, content: "bytes | list[bytes]", offset: int) -> None:
        whole = b"".join(content) if isinstance(content, list) else bytes(content)
        self._note(fd, lambda inode: Write(inode, offset, whole[:count]))

    def appended(self, count: int, fd: int, content: bytes) -> None:
        if fd in self._inodes:
            self.written(count, fd, content, self._positions[fd])
            self._positions[fd] += count

    def synced(self, _: None, fd: int) -> None:
        self._note(fd, Sync)

    def allocated(self, _: None, fd: int, offset: int, length: int) -> None:
        self._note(fd, lambda inode: Truncate(inode, offset + length))

    def truncated(self, _: None, fd: int, length: int) -> None:
        self._note(fd, lambda inode: Truncate(inode, length))

    def renamed(self, _: None, source: str | Path, target: str | Path) -> None:
        before, after = Path(source), Path(target)
        if after.is_relative_to(self.root):
            names = ((before.name, None), (after.name, after.stat().st_ino))
            self.operations.append(Entry(after.parent, names))

    def unlinked(self, _: None, path: str | Path) -> None:
        if Path(path).is_relative_to(self.root):
            self.operations.append(Entry(Path(path).parent, ((Path(path).name, None),)))

    def made(self, _: None, path: str | Path, *__: object) -> None:
        folder = Path(path)
        if folder.is_relative_to(self.root):
            inode = folder.stat().st_ino
            self.folders[inode] = folder
            self.operations.append(Entry(folder.parent, ((folder.name, inode),)))

    def let_go(self) -> None:
        for file in self._held:
            file.close()

    def _note(self, fd: int, operation: Callable[[int], Operation]) -> None:
        if fd in self._inodes:
            self.operations.append(operation(self._inodes[fd]))


def _call_and(real: Callable[..., object], after: Callable[..., None]) -> Callable[..., object]:
    def call(*arguments: object, **options: object) -> object:
        result = real(*arguments, **options)
        after(result, *arguments)
        return result

    return call


@contextmanager
def recorded(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recording]:
    """Record what `os` is asked to do below `root`; it is done as well."""
    recording = Recording(root)
    with monkeypatch.context() as patch:
        for name, after in (
            ("open", recording.opened),
            ("write", recording.appended),
            ("pwrite", recording.written),
            ("pwritev", recording.written),
            ("fsync", recording.synced),
            ("fdatasync", recording.synced),
            ("posix_fallocate", recording.allocated),
            ("ftruncate", recording.truncated),
            ("rename", recording.renamed),
            ("unlink", recording.unlinked),
            ("mkdir", recording.made),
        ):
            patch.setattr(os, name, _call_and(getattr(os, name), after))
        try:
            yield recording
        finally:
            recording.let_go()


def remains(recording: Recording, point: int, seed: int, target: Path) -> None:
    """Build at `target` what may be found when the power goes before operation `point`."""
    dice = random.Random(seed)
    done = recording.operations[:point]
    last_sync = {one.inode: at for at, one in enumerate(done) if isinstance(one, Sync)}
    folder_inodes = {path: inode for inode, path in recording.folders.items()}
    lengths: dict[int, int] = {}
    sectors: dict[int, dict[int, bytes]] = {}
    entries: dict[tuple[Path, str], int | None] = {}
    for at, one in enumerate(done):
        if isinstance(one, Write):
            _apply(one, sectors, lengths, dice if at > last_sync.get(one.inode, -1) else None)
        elif isinstance(one, Truncate):
            if at < last_sync.get(one.inode, -1) or dice.random() < 0.5:
                lengths[one.inode] = one.length
        elif isinstance(one, Entry):
            synced = last_sync.get(folder_inodes.get(one.folder, -1), -1)
            if at < synced or dice.random() < 0.5:
                for name, inode in one.names:
                    entries[one.folder, name] = inode
    _write(recording, entries, lengths, sectors, target)


def _apply(
    write: Write,
    sectors: dict[int, dict[int, bytes]],
    lengths: dict[int, int],
    dice: random.Random | None,
) -> None:
    own = sectors.setdefault(write.inode, {})
    end = write.offset + len(write.content)
    grows = lengths.get(write.inode, 0)
    first = write.offset // SECTOR_BYTES * SECTOR_BYTES
    for start in range(first, end, SECTOR_BYTES):
        if dice is not None and dice.random() < 0.5:
            continue
        sector = bytearray(own.get(start, bytes(SECTOR_BYTES)))
        low, high = max(start, write.offset), min(start + SECTOR_BYTES, end)
        sector[low - start : high - start] = write.content[low - write.offset : high - write.offset]
        own[start] = bytes(sector)
        grows = max(grows, high)
    lengths[write.inode] = max(lengths.get(write.inode, 0), grows)


def _write(
    recording: Recording,
    entries: dict[tuple[Path, str], int | None],
    lengths: dict[int, int],
    sectors: dict[int, dict[int, bytes]],
    target: Path,
) -> None:
    def moved(path: Path) -> Path:
        return target / path.relative_to(recording.root)

    for (folder, name), inode in sorted(entries.items(), key=lambda item: str(item[0])):
        path = folder / name
        if inode in recording.folders:
            moved(path).mkdir(parents=True, exist_ok=True)
    for (folder, name), inode in entries.items():
        if inode is None or inode in recording.folders or not moved(folder).exists():
            continue
        with moved(folder / name).open("wb") as file:
            for start, sector in sectors.get(inode, {}).items():
                file.seek(start)
                file.write(sector)
            file.truncate(lengths.get(inode, 0))
