"""Signed heads of the audit chain, outside the database.

A chain that lost its end still fits together. So its head is written down now and then where
whoever rules the database does not rule: one line for each, signed, in a file for each month.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sonarium.base.errors import UnavailableError
from sonarium.index.audit import Link

_SUFFIX: Final = ".anchors"


class AnchorsUnwritable(UnavailableError):
    """The folder of the anchors cannot be written."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One signed head."""

    sequence: int
    hash: str
    """Hexadecimal."""
    at: datetime
    signature: str = ""
    """Ed25519, hexadecimal, of what `signed` returns."""

    def signed(self) -> bytes:
        """Return the bytes that the signature covers."""
        return f"sonarium audit head\n{self.sequence}\n{self.hash}\n{self.at.isoformat()}".encode()

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Tell whether the signature holds."""
        try:
            key.verify(bytes.fromhex(self.signature), self.signed())
        except (InvalidSignature, ValueError):
            return False
        return True


def anchor_of(head: Link, at: datetime, key: Ed25519PrivateKey) -> Anchor:
    """Sign a head."""
    bare = Anchor(head.sequence, head.hash.hex(), at)
    return Anchor(bare.sequence, bare.hash, at, key.sign(bare.signed()).hex())


class AnchorFolder:
    """Where the anchors are kept; one writer at a time, which holds the chain's lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append(self, anchor: Anchor) -> None:
        """Write an anchor to stable storage.

        Raises:
            AnchorsUnwritable: nothing is known to be written.
        """
        path = self._folder / f"{anchor.at:%Y-%m}{_SUFFIX}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            is_new = not path.exists()
            with path.open("ab") as file:
                file.write(msgspec.json.encode(anchor) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            if is_new:
                _sync_folder(self._folder)
        except OSError as error:
            raise AnchorsUnwritable(
                f"the anchors of the audit trail cannot be written ({error.strerror})"
            ) from error

    def all(self) -> Sequence[Anchor | None]:
        """Read every anchor, oldest first; None stands for a line that is none."""
        found: list[Anchor | None] = []
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            found += map(_anchor_in, path.read_bytes().splitlines())
        return found


def _anchor_in(line: bytes) -> Anchor | None:
    try:
        return msgspec.json.decode(line, type=Anchor)
    except msgspec.DecodeError:
        return None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
