"""Prepared metadata documents, one for each series, valid for one version of it."""

from dataclasses import dataclass

from sonarium.base.identifiers import SeriesRef
from sonarium.db.transaction import Transaction


@dataclass(frozen=True, slots=True)
class SeriesDocument:
    """A series of a study with its prepared document; None where it must be made anew."""

    series_ref: SeriesRef
    series_instance_uid: str
    version: int
    document: bytes | None


async def documents_of(
    tx: Transaction, *, study_instance_uid: str, series_instance_uid: str | None = None
) -> list[SeriesDocument]:
    """List the series of a study (or the one asked for) in reading order, with documents."""
    raise NotImplementedError


async def put_document(
    tx: Transaction, series_ref: SeriesRef, version: int, document: bytes
) -> None:
    """Keep a document, unless the series has moved on or is gone."""
    raise NotImplementedError
