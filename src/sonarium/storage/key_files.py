"""Wrapped keys beside the blobs that they open: with the root key, the blobs need no database.

One small file for each, in 256 folders. It names the root key and is useless without it.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sonarium.storage.errors import KeysDamaged
from sonarium.storage.health import sync_folder
from sonarium.storage.key_room import write_durably

_SHELF_CHARACTERS: Final = 2


class KeyFiles:
    """The wrapped keys of one blob folder; everything here blocks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._durable: set[Path] = set()
        """Folders of ours that will be found again; whoever made one may not have come so far."""

    def write(self, key_id: bytes, root_key_id: str, wrapped: bytes) -> None:
        """Keep a key durably, in the place of an older wrapping of it."""
        path = self._path(key_id)
        if path.parent not in self._durable:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(self._folder.parent)
            sync_folder(self._folder)
            self._durable.add(path.parent)
        write_durably(path, f"{root_key_id} {wrapped.hex()}\n".encode("ascii"))

    def find(self, key_id: bytes) -> tuple[str, bytes] | None:
        """Return the id of its root key and the wrapped key.

        Raises:
            KeysDamaged: the file is there and cannot be read.
        """
        path = self._path(key_id)
        try:
            root_key_id, wrapped = path.read_text(encoding="ascii").split()
            return root_key_id, bytes.fromhex(wrapped)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise KeysDamaged(f"{path} cannot be read: bring it back from a backup") from error

    def destroy(self, key_id: bytes) -> None:
        """Remove a key durably; one that is gone already is passed over."""
        path = self._path(key_id)
        if path.exists():
            path.unlink()
            sync_folder(path.parent)

    def iter_ids(self) -> Iterator[bytes]:
        """List the keys that are here."""
        for path in sorted(self._folder.glob(f"{'?' * _SHELF_CHARACTERS}/*")):
            if not path.name.startswith("."):
                yield bytes.fromhex(path.name)

    def count_by_root(self) -> Counter[str]:
        """Count the keys that each root key wraps."""
        found = map(self.find, self.iter_ids())
        return Counter(one[0] for one in found if one is not None)

    @property
    def is_empty(self) -> bool:
        """Whether no key was ever kept here."""
        return next(self.iter_ids(), None) is None

    def _path(self, key_id: bytes) -> Path:
        name = key_id.hex()
        return self._folder / name[:_SHELF_CHARACTERS] / name
