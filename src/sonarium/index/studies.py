"""Studies and series as rows: versions, summaries and deletion."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sonarium.base.identifiers import SeriesRef, StudyRef
from sonarium.db.transaction import Transaction
from sonarium.domain.attributes import Attributes


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One study, as a list shows it; `attributes` are those of patient and study."""

    study_ref: StudyRef
    study_instance_uid: str
    patient_id: str
    study_date: date | None
    study_time: time | None
    accession_number: str
    modalities: list[str]
    number_of_series: int
    number_of_instances: int
    demographics_clash: bool
    version: int
    received_at: datetime
    changed_at: datetime
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One series; `attributes` are its own."""

    series_ref: SeriesRef
    series_instance_uid: str
    modality: str
    series_number: int | None
    number_of_instances: int
    version: int
    attributes: Attributes


async def find_study(tx: Transaction, study_instance_uid: str) -> StudyRow | None:
    """Find a study by its UID."""
    raise NotImplementedError


async def series_of_study(tx: Transaction, study_instance_uid: str) -> list[SeriesRow]:
    """List a study's series in reading order."""
    raise NotImplementedError


async def study_version(tx: Transaction, study_instance_uid: str) -> int | None:
    """Return a number that changes with every change of the study and never comes again.

    None where there is no such study. For entity tags.
    """
    raise NotImplementedError


async def delete_study(tx: Transaction, study_instance_uid: str) -> list[str]:
    """Forget a study, and return the keys of its blobs, which are discarded.

    Delete their bytes after the commit, then call `forget_discarded`. Empty where there is
    no such study.
    """
    raise NotImplementedError
