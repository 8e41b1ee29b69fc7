"""The folder `keys`: the root keys, and what only they open.

`root-<id>.key` holds a root key, `current` names the one that wraps from now on. The keys of the
audit trail are wrapped by it and lie beside. Every file is written whole, made durable and then
given its name, so that a crash leaves the old one or the new one.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from stat import S_IMODE
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sonarium.storage.errors import KeysDamaged, KeysMissing
from sonarium.storage.health import sync_folder
from sonarium.storage.root_key import KEY_BYTES, RootKey

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
_CURRENT: Final = "current"
_KIT_SHOWN: Final = "kit-shown"
_LOCK: Final = ".lock"
_ROOT_SUFFIX: Final = ".key"
_WRAPPED_SUFFIX: Final = ".wrapped"
_ENDING_SUFFIX: Final = ".ending"
"""Of a root key that is being destroyed, and is none any more."""
_AUDIT_SIGNING: Final = "audit-signing"
_AUDIT_MAC: Final = "audit-mac"
_WRAPPED: Final = (_AUDIT_SIGNING, _AUDIT_MAC)


@dataclass(frozen=True, slots=True)
class Keys:
    """What the key room holds, opened."""

    root: RootKey
    """Wraps from now on."""
    roots: Mapping[str, RootKey]
    """Every root key that may still be needed, by its id; `root` too."""
    audit_signing_key: Ed25519PrivateKey = field(repr=False)
    """Signs heads of the audit trail (RFC 8032)."""
    audit_mac_key: bytes = field(repr=False)
    """Keys the chain of the audit trail."""

    @classmethod
    def throw_away(cls) -> Self:
        """Make keys that are kept nowhere: for documents and tests."""
        root = RootKey.make()
        signing = Ed25519PrivateKey.generate()
        return cls(root, {root.key_id: root}, signing, _new_secret())


class KeyRoom:
    """Makes, opens, restores and rotates keys in one folder; everything here blocks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def has_root(self) -> bool:
        """Whether keys were made here."""
        return (self.folder / _CURRENT).exists()

    def ensure(self) -> bool:
        """Make the keys that are missing; True when the root key was.

        Raises:
            KeysDamaged: what is there cannot be read; nothing is made in its stead.
        """
        with self._alone():
            self._end_retired()
            is_new = not self.has_root
            if is_new:
                if any(self._root_files()) or any(self.folder.glob(f"*{_WRAPPED_SUFFIX}")):
                    raise KeysDamaged(
                        f"{self.folder} holds keys and not the one in use: run `sonarium keys "
                        "restore` with the latest recovery kit"
                    )
                self._install(RootKey.make())
            root = self._current_root()
            for name in _WRAPPED:
                if not self._wrapped_file(name).exists():
                    self._write_wrapped(name, root, _new_secret())
        return is_new

    def open(self) -> Keys:
        """Read all keys.

        Raises:
            KeysMissing: there are none, or the one that is needed is not among them.
            KeysDamaged: they cannot be read.
        """
        roots = self.roots()
        root = self._current_root()
        return Keys(
            root=root,
            roots=roots,
            audit_signing_key=Ed25519PrivateKey.from_private_bytes(
                self._unwrapped(_AUDIT_SIGNING, roots)
            ),
            audit_mac_key=self._unwrapped(_AUDIT_MAC, roots),
        )

    def roots(self) -> dict[str, RootKey]:
        """Read every root key, by its id.

        Raises:
            KeysDamaged: one cannot be read.
        """
        read = [self._read_root(path) for path in self._root_files()]
        return {root.key_id: root for root in read}

    def made_at(self) -> dict[str, datetime]:
        """Return when each root key that is here was written, by its id."""
        return {
            path.stem.removeprefix("root-"): datetime.fromtimestamp(path.stat().st_mtime, UTC)
            for path in self._root_files()
        }

    def current_id(self) -> str:
        """Return the id of the root key that wraps from now on.

        Raises:
            KeysMissing: none was made.
        """
        try:
            return (self.folder / _CURRENT).read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise KeysMissing(
                f"there are no keys in {self.folder}: bring the folder back from where you keep "
                "it, or run `sonarium keys restore` with the recovery kit"
            ) from error

    def restore(self, root: RootKey) -> None:
        """Take a root key from a recovery kit; it is in use from now on where none is.

        Keys of the audit trail that were lost with it are made anew.
        """
        with self._alone():
            if self.has_root and self._root_file(self.current_id()).exists():
                self._keep(root)
            else:
                self._install(root)
        self.ensure()

    def rotate(self) -> RootKey:
        """Make a new root key and wrap by it from now on; the old ones stay."""
        with self._alone():
            roots = self.roots()
            secrets = {name: self._unwrapped(name, roots) for name in _WRAPPED}
            root = RootKey.make()
            self._install(root)
            for name, secret in secrets.items():
                self._write_wrapped(name, root, secret)
        return root

    def retire(self, key_id: str) -> None:
        """Destroy a root key that nothing needs any more."""
        with self._alone():
            if key_id == self.current_id():
                raise KeysDamaged("the root key in use is not destroyed")
            path = self._root_file(key_id)
            # What is half overwritten must not be taken for a damaged key after a power cut.
            path.rename(path.with_suffix(_ENDING_SUFFIX))
            sync_folder(self.folder)
            self._end_retired()

    def note_kit_shown(self) -> None:
        """Remember that the kit of the present root key was shown."""
        with self._alone():
            self._write(_KIT_SHOWN, self.current_id())

    @property
    def kit_waits(self) -> bool:
        """Whether nobody has seen the kit of the present root key."""
        try:
            shown = (self.folder / _KIT_SHOWN).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return True
        return shown != self.current_id()

    def open_to_others(self) -> list[Path]:
        """List what somebody beside its owner may read."""
        places = [(self.folder, FOLDER_MODE), *((path, FILE_MODE) for path in self._files())]
        return [path for path, mode in places if S_IMODE(path.stat().st_mode) & ~mode]

    def _end_retired(self) -> None:
        for path in self.folder.glob(f"*{_ENDING_SUFFIX}"):
            _destroy(path)

    def _files(self) -> list[Path]:
        return sorted(path for path in self.folder.iterdir() if path.is_file())

    def _root_files(self) -> Iterator[Path]:
        return self.folder.glob(f"root-*{_ROOT_SUFFIX}")

    def _root_file(self, key_id: str) -> Path:
        return self.folder / f"root-{key_id}{_ROOT_SUFFIX}"

    def _wrapped_file(self, name: str) -> Path:
        return self.folder / f"{name}{_WRAPPED_SUFFIX}"

    def _current_root(self) -> RootKey:
        key_id = self.current_id()
        path = self._root_file(key_id)
        if not path.exists():
            raise KeysMissing(
                f"the root key {key_id} is gone from {self.folder}: bring it back from where you "
                "keep it, or run `sonarium keys restore` with the recovery kit"
            )
        return self._read_root(path)

    def _read_root(self, path: Path) -> RootKey:
        try:
            root = RootKey.of(bytes.fromhex(path.read_text(encoding="ascii")))
        except (OSError, ValueError) as error:
            raise KeysDamaged(f"{path} cannot be read: {_RESTORE}") from error
        if path != self._root_file(root.key_id) or len(root.secret) != KEY_BYTES:
            raise KeysDamaged(f"{path} is not the key that it is named after: {_RESTORE}")
        return root

    def _unwrapped(self, name: str, roots: Mapping[str, RootKey]) -> bytes:
        path = self._wrapped_file(name)
        try:
            key_id, wrapped = path.read_text(encoding="ascii").split()
            root = roots[key_id]
            return root.unwrap(bytes.fromhex(wrapped), name.encode())
        except FileNotFoundError as error:
            raise KeysMissing(
                f"{path} is gone: bring it back from where you keep the keys; where it is lost "
                "for good, `sonarium serve` makes a new one"
            ) from error
        except KeyError as error:
            raise KeysMissing(f"the root key that opens {path} is gone: {_RESTORE}") from error
        except (KeysDamaged, OSError, ValueError) as error:
            raise KeysDamaged(f"{path} cannot be opened: {_RESTORE}") from error

    def _install(self, root: RootKey) -> None:
        self._keep(root)
        self._write(_CURRENT, root.key_id)

    def _keep(self, root: RootKey) -> None:
        self._write(self._root_file(root.key_id).name, root.secret.hex())

    def _write_wrapped(self, name: str, root: RootKey, secret: bytes) -> None:
        wrapped = root.wrap(secret, name.encode())
        self._write(self._wrapped_file(name).name, f"{root.key_id} {wrapped.hex()}")

    def _write(self, name: str, text: str) -> None:
        """Write a file whole, or leave the one that was there."""
        write_durably(self.folder / name, f"{text}\n".encode("ascii"))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Make the folder, and keep other processes from writing at the same time."""
        self.folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        lock = os.open(self.folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, FILE_MODE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            sync_folder(self.folder.parent)
            yield
        finally:
            os.close(lock)


_RESTORE: Final = (
    "bring it back from where you keep the keys, or run `sonarium keys restore` with the "
    "recovery kit"
)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file of ours alone; once this returns it is there whole, whatever happens."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    fd = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE_MODE)
    try:
        os.write(fd, content)
        os.fsync(fd)
    finally:
        os.close(fd)
    part.rename(path)
    sync_folder(path.parent)


def _destroy(path: Path) -> None:
    """Overwrite a small file and remove it, durably; how much that helps is the disk's secret."""
    length = path.stat().st_size
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, bytes(length))
        os.fsync(fd)
    finally:
        os.close(fd)
    path.unlink()
    sync_folder(path.parent)


def _new_secret() -> bytes:
    """Make 32 bytes: the seed of a signing key (RFC 8032, 5.1.5) or the key of a MAC."""
    return os.urandom(KEY_BYTES)
