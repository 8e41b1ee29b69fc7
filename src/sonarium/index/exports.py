"""Studies with all that an export writes of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.attributes import Attributes

EXPORTED_STUDIES = sql_file("sonarium.index", "exported_studies")
EXPORTED_INSTANCES = sql_file("sonarium.index", "exported_instances")


@dataclass(frozen=True, slots=True)
class ExportedStudy:
    """A study; `attributes` are the patient's and its own."""

    study_ref: int
    study_instance_uid: str
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class ExportedInstance:
    """An instance, its series, and where its bytes are."""

    series_ref: int
    instance_ref: int
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    blob_key: str
    data_set_offset: int
    data_set_length: int
    sha256: bytes
    series_attributes: Attributes
    attributes: Attributes


async def studies_to_export(
    tx: Transaction, study_instance_uids: Sequence[str] | None, *, after: int, limit: int
) -> list[ExportedStudy]:
    """List some studies, or all, by their key; `after` is the last key seen."""
    uids = None if study_instance_uids is None else list(study_instance_uids)
    return await tx.all(ExportedStudy, EXPORTED_STUDIES, uids=uids, after=after, limit=limit)


async def instances_to_export(tx: Transaction, study_ref: int) -> list[ExportedInstance]:
    """List the instances of a study in reading order."""
    return await tx.all(ExportedInstance, EXPORTED_INSTANCES, study_ref=study_ref)
