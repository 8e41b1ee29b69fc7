"""Sealed stores over any other, with keys of the test's own."""

from pathlib import Path

from sonarium.domain.group_key import WrappedKey
from sonarium.storage.blob_store import BlobStore
from sonarium.storage.group_keys import GroupKeys
from sonarium.storage.key_files import KeyFiles
from sonarium.storage.key_room import KeyRoom
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.sealed import SealedBlobStore, SealedLocalStore


async def find_nothing(_key_id: bytes) -> WrappedKey | None:
    """Know no key, as an index that was lost."""
    return None


def group_keys(folder: Path, made_ahead: int = 0) -> GroupKeys:
    """Open the keys in a folder, made where there are none."""
    room = KeyRoom(folder / "keys")
    room.ensure()
    files = KeyFiles(folder / "study-keys")
    return GroupKeys(room, files, find_nothing, made_ahead=made_ahead)


def sealed(below: BlobStore, folder: Path) -> SealedBlobStore:
    """Seal over a store, with the keys in a folder."""
    if isinstance(below, LocalBlobStore):
        return sealed_local(below, folder)
    return SealedBlobStore(below, group_keys(folder))


def sealed_local(below: LocalBlobStore, folder: Path) -> SealedLocalStore:
    """Seal over local disk, with the keys in a folder."""
    return SealedLocalStore(below, group_keys(folder))
