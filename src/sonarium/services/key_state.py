"""How the keys of the archive are: for an administrator's screen, which shows and does nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from sonarium.index.open_blobs import OpenCount
from sonarium.services.open_objects import OpenObjectService
from sonarium.services.study_keys import Erasure, StudyKeyService
from sonarium.storage.key_room import KeyRoom


@dataclass(frozen=True, slots=True)
class RootKeyState:
    """A root key, by its id."""

    key_id: str
    made_at: datetime | None
    """None where it is not on this machine."""
    is_current: bool
    wraps: int
    """How many keys of studies it opens."""


@dataclass(frozen=True, slots=True)
class CertificateState:
    """A certificate of ours."""

    door: str
    subject: str
    ends_at: datetime | None
    """None where the file cannot be read."""


@dataclass(frozen=True, slots=True)
class KeyState:
    """What there is to know of the keys."""

    seals_new: bool
    in_clear: OpenCount
    """Objects from before they were encrypted."""
    is_kit_printed: bool
    roots: Sequence[RootKeyState]
    erasures: Sequence[Erasure]
    certificates: Sequence[CertificateState]


class KeyStateService:
    """Tells how the keys are."""

    def __init__(
        self,
        study_keys: StudyKeyService,
        room: KeyRoom,
        certificates: Mapping[str, Path],
        *,
        open_objects: OpenObjectService,
        seals_new: bool,
        backup_retention: timedelta,
    ) -> None:
        """Look at these.

        Args:
            study_keys: counts what each root key opens.
            room: where the root keys are.
            certificates: PEM files by the door that shows them.
            open_objects: counts what lies open.
            seals_new: whether what arrives is encrypted before it is kept.
            backup_retention: how long a backup may still hold a destroyed key.
        """
        self._study_keys = study_keys
        self._room = room
        self._certificates = certificates
        self._open_objects = open_objects
        self._seals_new = seals_new
        self._backup_retention = backup_retention

    async def now(self) -> KeyState:
        """Return how the keys are at this moment."""
        wraps = await self._study_keys.count_by_root()
        return KeyState(
            seals_new=self._seals_new,
            in_clear=await self._open_objects.count(),
            is_kit_printed=not self._room.kit_waits,
            roots=await asyncio.to_thread(self._roots, wraps),
            erasures=await self._study_keys.erasures(self._backup_retention),
            certificates=await asyncio.to_thread(self._read_certificates),
        )

    def _roots(self, wraps: Mapping[str, int]) -> list[RootKeyState]:
        current, made = self._room.current_id(), self._room.made_at()
        states = [
            RootKeyState(key_id, made.get(key_id), key_id == current, wraps.get(key_id, 0))
            for key_id in sorted({*made, *wraps})
        ]
        return sorted(states, key=lambda one: not one.is_current)

    def _read_certificates(self) -> list[CertificateState]:
        return [_certificate(door, path) for door, path in self._certificates.items()]


def _certificate(door: str, path: Path) -> CertificateState:
    try:
        read = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return CertificateState(door, "", None)
    ends = read.not_valid_after_utc.astimezone(UTC)
    return CertificateState(door, read.subject.rfc4514_string(), ends)
