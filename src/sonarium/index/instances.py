"""Instances by their unique identifiers, in the order in which a reader wants them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.selection import Selection
from sonarium.index.locks import lock_for_deletion

INSTANCES_OF = sql_file("sonarium.index", "instances_of")
INSTANCES_AFTER = sql_file("sonarium.index", "instances_after")
HEADERS_OF = sql_file("sonarium.index", "headers_of")
STUDY_VERSION = sql_file("sonarium.index", "study_version")
SERIES_VERSIONS = sql_file("sonarium.index", "series_versions")
KNOWN_BLOBS = sql_file("sonarium.index", "known_blobs")
DELETE_STUDY = sql_file("sonarium.index", "delete_study")
PATIENT_OF_STUDY = sql_file("sonarium.index", "patient_of_study")
DELETE_LONELY_PATIENT = sql_file("sonarium.index", "delete_lonely_patient")
LAST_ARRIVAL = sql_file("sonarium.index", "last_arrival")
DOOM_QUARANTINED_OF = sql_file("sonarium.index", "doom_quarantined_of")
MARK_DAMAGED = sql_file("sonarium.index", "mark_damaged")


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """An instance and where its bytes are, without its header."""

    instance_ref: int
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    instance_number: int | None
    number_of_frames: int
    blob_key: str
    data_set_offset: int
    data_set_length: int
    sha256: bytes
    received_at: datetime
    is_damaged: bool
    packed_frames: bytes | None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many objects of a study are kept or set aside, and when the last one arrived."""

    objects: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """An instance with its header."""

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    packed_header: bytes


@dataclass(frozen=True, slots=True)
class SeriesVersion:
    """A series, and a number that every change of it replaces by one never used before."""

    series_ref: int
    series_instance_uid: str
    version: int


async def instances_of(tx: Transaction, selection: Selection) -> list[InstanceRow]:
    """List a study's, series' or one instance; by series and instance number."""
    return await tx.all(InstanceRow, INSTANCES_OF, **_parameters(selection))


async def headers_of(tx: Transaction, selection: Selection) -> list[HeaderRow]:
    """List headers, in the same order."""
    return await tx.all(HeaderRow, HEADERS_OF, **_parameters(selection))


async def study_version(tx: Transaction, study_instance_uid: str) -> int | None:
    """Return a number that every change of the study replaces by one never used before.

    None where there is no such study.
    """
    rows = await tx.values(STUDY_VERSION, study=study_instance_uid)
    return int(rows[0][0]) if rows else None


async def series_versions(tx: Transaction, selection: Selection) -> list[SeriesVersion]:
    """List the series of a selection with their versions, in reading order."""
    return await tx.all(
        SeriesVersion,
        SERIES_VERSIONS,
        study=selection.study_instance_uid,
        series=selection.series_instance_uid,
    )


async def unknown_blobs(tx: Transaction, keys: Sequence[str]) -> list[str]:
    """Return those keys that neither an instance nor the quarantine refers to."""
    known = {row[0] for row in await tx.values(KNOWN_BLOBS, keys=list(keys))}
    return [key for key in keys if key not in known]


async def arrivals_of(tx: Transaction, study_instance_uid: str) -> Arrivals:
    """Tell how much of a study there is, and how fresh."""
    return (await tx.all(Arrivals, LAST_ARRIVAL, study=study_instance_uid))[0]


async def delete_study(tx: Transaction, study_instance_uid: str) -> list[str]:
    """Remove a study from the index and return the keys of its blobs, which are now doomed.

    What was set aside under it goes with it.
    """
    await lock_for_deletion(tx)
    patients = await tx.values(PATIENT_OF_STUDY, study=study_instance_uid)
    blob_keys = [row[0] for row in await tx.values(DELETE_STUDY, study=study_instance_uid)]
    blob_keys += [row[0] for row in await tx.values(DOOM_QUARANTINED_OF, study=study_instance_uid)]
    for (patient_ref,) in patients:
        await tx.execute(DELETE_LONELY_PATIENT, patient=patient_ref)
    return blob_keys


async def mark_damaged(tx: Transaction, blob_keys: Sequence[str]) -> None:
    """Note that these blobs are no longer what was stored, so that they are not served."""
    await tx.execute(MARK_DAMAGED, keys=list(blob_keys))


def _parameters(selection: Selection) -> dict[str, object]:
    return {
        "study": selection.study_instance_uid,
        "series": selection.series_instance_uid,
        "instance": selection.sop_instance_uid,
    }


async def instances_after(tx: Transaction, after: int, limit: int) -> list[InstanceRow]:
    """Walk over all instances by their key, `limit` at a time, for checks in the background."""
    return await tx.all(InstanceRow, INSTANCES_AFTER, after=after, limit=limit)
