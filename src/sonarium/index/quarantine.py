"""Arrivals that were accepted and then set aside for a person to decide on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from sonarium.db.transaction import Transaction
from sonarium.domain.arrival import Source

QuarantineRef = NewType("QuarantineRef", int)


class QuarantineReason(StrEnum):
    """Why an arrival was set aside."""

    CONFLICT = "conflict"
    """An instance of the same UID has other bytes."""
    UNREADABLE = "unreadable"
    """Its data set cannot be parsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuarantined:
    """An arrival to set aside; UIDs are empty where they could not be read."""

    reason: QuarantineReason
    detail: str
    """For the administrator; no patient data."""
    blob_key: str
    data_set_offset: int
    data_set_length: int
    sha256: bytes
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    received_at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """An arrival that waits."""

    quarantine_ref: QuarantineRef
    arrival: NewQuarantined


async def quarantine(tx: Transaction, arrivals: Sequence[NewQuarantined]) -> list[str]:
    """Set arrivals aside; return the blob keys of those whose very bytes wait there already.

    Those blobs are discarded.
    """
    raise NotImplementedError


async def quarantined(
    tx: Transaction, *, limit: int = 100, before: QuarantineRef | None = None
) -> list[QuarantineRow]:
    """List what waits, newest first; `before` continues after the last one of a page."""
    raise NotImplementedError


async def count_quarantined(tx: Transaction) -> int:
    """Count what waits."""
    raise NotImplementedError


async def discard_quarantined(tx: Transaction, ref: QuarantineRef) -> str | None:
    """Drop one; return the key of its blob, which is discarded, or None if it is gone."""
    raise NotImplementedError
