"""Puts new instances into the index, many in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sonarium.db.transaction import Transaction
from sonarium.domain.arrival import Source
from sonarium.domain.attributes import Attributes


class Placement(StrEnum):
    """What became of an arrival."""

    STORED = "stored"
    ALREADY_PRESENT = "already present"
    """The same instance with the same bytes is there: the arrival's blob is discarded."""
    CONFLICT = "conflict"
    """The instance is there with other bytes: the arrival waits in quarantine."""
    REPEATED_CONFLICT = "repeated conflict"
    """As CONFLICT, and these very bytes wait there already: the arrival's blob is discarded."""

    @property
    def keeps_blob(self) -> bool:
        """Tell whether the index now refers to the arrival's blob."""
        return self in {Placement.STORED, Placement.CONFLICT}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInstance:
    """A durable object on its way into the index.

    The attributes of each level are those of `dicom.level_attributes`; those of patient,
    study and series count only for rows that do not exist yet.
    """

    blob_key: str
    data_set_offset: int
    data_set_length: int
    sha256: bytes
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    instance_number: int | None
    number_of_frames: int
    patient: Attributes
    study: Attributes
    series: Attributes
    instance: Attributes
    packed_header: bytes
    packed_frames: bytes | None
    received_at: datetime
    source: Source


async def add_instances(tx: Transaction, arrivals: Sequence[NewInstance]) -> list[Placement]:
    """Place every arrival; one answer each, in order.

    The same SOP Instance UID with the same bytes is one row; with other bytes the arrival is
    put into quarantine and the row stays untouched. An arrival whose very blob the index
    knows is STORED, so that a replay may offer it again.
    """
    raise NotImplementedError
