"""Objects that were accepted and wait for a person, and what the person decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.index.folding import fold
from sonarium.index.ingest import COUNT_INSTANCES, NewInstance, source_text
from sonarium.index.locks import lock_for_ingest
from sonarium.index.reasons import department_of, is_identity_removed
from sonarium.index.rows import json_text, small

QUARANTINED = sql_file("sonarium.index", "quarantined")
FIND_QUARANTINED = sql_file("sonarium.index", "find_quarantined")
DISCARD_QUARANTINED = sql_file("sonarium.index", "discard_quarantined")
RESTORE_QUARANTINED = sql_file("sonarium.index", "restore_quarantined")
PURGE_QUARANTINE = sql_file("sonarium.index", "purge_quarantine")
TAKE_QUARANTINED_PLACE = sql_file("sonarium.index", "take_quarantined_place")

_REPLACED: Final = "a person put another object of this SOP Instance UID in its place"


@dataclass(frozen=True, slots=True)
class QuarantinedObject:
    """An object set aside, why, and where it came from."""

    quarantine_ref: int
    reason: str
    sop_instance_uid: str
    study_instance_uid: str
    blob_key: str
    sha256: bytes
    source: dict[str, Any]
    received_at: datetime
    discarded_at: datetime | None
    discarded_by: str
    has_rival: bool
    """Another object is kept under its SOP Instance UID."""


async def quarantined(
    tx: Transaction, limit: int, before: int | None = None
) -> list[QuarantinedObject]:
    """List what was set aside, newest first; `before` is the last one already seen."""
    return await tx.all(QuarantinedObject, QUARANTINED, limit=limit, before=before)


async def find_quarantined(tx: Transaction, quarantine_ref: int) -> QuarantinedObject | None:
    """Return one object, which nobody else decides about until the transaction ends."""
    return await tx.find(QuarantinedObject, FIND_QUARANTINED, quarantined=quarantine_ref)


async def discard_quarantined(tx: Transaction, quarantine_ref: int, by: str) -> bool:
    """Note that an object is not needed; False where that was so, or there is none."""
    return await tx.execute(DISCARD_QUARANTINED, quarantined=quarantine_ref, by=by) == 1


async def restore_quarantined(tx: Transaction, quarantine_ref: int) -> bool:
    """Take that back; False where there is nothing to take back."""
    return await tx.execute(RESTORE_QUARANTINED, quarantined=quarantine_ref) == 1


async def purge_quarantine(tx: Transaction, before: datetime) -> int:
    """Let go of what was discarded before a moment; return how many."""
    return await tx.execute(PURGE_QUARANTINE, before=before)


async def exchange(tx: Transaction, quarantine_ref: int, arrival: NewInstance) -> bool:
    """Serve `arrival`, which was set aside, and set aside what was served under its UID.

    The same call with the other object takes it back.

    Returns:
        False where no object is kept under its study, series and SOP Instance UID.
    """
    await lock_for_ingest(tx, {arrival.study_instance_uid})
    rows = await tx.values(
        TAKE_QUARANTINED_PLACE,
        quarantined=quarantine_ref,
        reason=_REPLACED,
        sop_instance_uid=arrival.sop_instance_uid,
        series_instance_uid=arrival.series_instance_uid,
        study_instance_uid=arrival.study_instance_uid,
        sop_class_uid=arrival.sop_class_uid,
        transfer_syntax_uid=arrival.transfer_syntax_uid,
        instance_number=small(arrival.instance_number),
        number_of_frames=small(arrival.number_of_frames) or 0,
        blob_key=arrival.blob_key,
        data_set_offset=arrival.data_set_offset,
        data_set_length=arrival.data_set_length,
        sha256=arrival.sha256,
        source=source_text(arrival),
        received_at=arrival.received_at,
        attributes=json_text(arrival.instance),
        packed_header=arrival.packed_header,
        packed_frames=arrival.packed_frames,
    )
    for series_ref, study_ref, length_before in rows:
        await tx.execute(
            COUNT_INSTANCES,
            series=[series_ref],
            series_instances=[0],
            studies=[study_ref],
            instances=[0],
            sop_classes=[arrival.sop_class_uid],
            clashes=[False],
            departments=[department_of([arrival.series])],
            physician_ids=[""],
            identity_removed=[is_identity_removed(arrival.patient)],
            senders=[arrival.source.calling_ae_title],
            senders_departments=[fold(arrival.source.department)],
            new_studies=0,
            new_series=0,
            new_instances=0,
            new_bytes=arrival.data_set_length - length_before,
        )
    return bool(rows)
