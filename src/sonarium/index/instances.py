"""Instances as the services need them: where their bytes are, and their headers."""

from dataclasses import dataclass
from datetime import datetime

from sonarium.base.identifiers import InstanceRef, SeriesRef, StudyRef
from sonarium.db.transaction import Transaction


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """One instance, without its header."""

    instance_ref: InstanceRef
    series_ref: SeriesRef
    study_ref: StudyRef
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    modality: str
    series_number: int | None
    instance_number: int | None
    number_of_frames: int
    blob_key: str
    data_set_offset: int
    data_set_length: int
    sha256: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """One instance with its packed header and frame index."""

    instance: InstanceRow
    packed_header: bytes
    packed_frames: bytes | None


async def instances_of(
    tx: Transaction,
    *,
    study_instance_uid: str,
    series_instance_uid: str | None = None,
    sop_instance_uid: str | None = None,
) -> list[InstanceRow]:
    """List instances in reading order: by series number, then instance number."""
    raise NotImplementedError


async def headers_of(
    tx: Transaction,
    *,
    study_instance_uid: str,
    series_instance_uid: str | None = None,
    sop_instance_uid: str | None = None,
) -> list[HeaderRow]:
    """As `instances_of`, with headers and frame indexes."""
    raise NotImplementedError


async def find_instance(tx: Transaction, sop_instance_uid: str) -> HeaderRow | None:
    """Find an instance by its own UID alone."""
    raise NotImplementedError


async def chosen_instances(
    tx: Transaction,
    *,
    patient_id: str | None = None,
    study_instance_uids: tuple[str, ...] = (),
    series_instance_uids: tuple[str, ...] = (),
    sop_instance_uids: tuple[str, ...] = (),
) -> list[InstanceRow]:
    """List the instances that a C-MOVE or C-GET means: each list given narrows the others.

    Study by study, each in reading order. Nothing given finds nothing.
    """
    raise NotImplementedError
