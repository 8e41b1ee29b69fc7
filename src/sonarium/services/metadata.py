"""WADO-RS metadata: prepared once per series and served until the series changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from sonarium.db.pool import Database
from sonarium.dicom.header import Header, Path, unpack_header
from sonarium.dicom.json_model import header_to_json_bytes
from sonarium.domain.access import Viewer
from sonarium.domain.selection import Selection
from sonarium.index.instances import HeaderRow, SeriesVersion, headers_of, series_versions
from sonarium.index.metadata_cache import find_metadata, put_metadata
from sonarium.services.access import AccessService
from sonarium.services.retrieve import NotHere

BASE_MARK: Final = "sonarium-base:"
"""Stands in a prepared document where the address of our DICOMweb services belongs."""


@dataclass(frozen=True, slots=True)
class MetadataDocument:
    """A JSON array of data sets without their bulk values, and the version that it is of."""

    content: bytes
    version: str


class MetadataService:
    """Answers metadata without opening a blob."""

    def __init__(self, database: Database, access: AccessService) -> None:
        self._database = database
        self._access = access

    async def of(self, viewer: Viewer, selection: Selection, base: str) -> MetadataDocument:
        """Return the metadata of a study, series or instance; `base` begins every address.

        Raises:
            NotHere: nothing of that name.
        """
        prepared: list[tuple[SeriesVersion, bytes]] = []
        async with self._access.looking(viewer, opens=[selection.study_instance_uid]) as tx:
            series = await series_versions(tx, selection)
            if not series:
                raise NotHere("the archive holds no such study or series")
            version = "-".join(f"{one.series_ref}.{one.version}" for one in series)
            if selection.sop_instance_uid is not None:
                rows = await headers_of(tx, selection)
                if not rows:
                    raise NotHere("the archive holds no such instance")
                return MetadataDocument(_finished([_document(rows)], base), version)
            documents = []
            for one in series:
                document = await find_metadata(tx, one.series_ref, one.version)
                if document is None:
                    of_one = Selection(selection.study_instance_uid, one.series_instance_uid)
                    document = _document(await headers_of(tx, of_one))
                    prepared.append((one, document))
                documents.append(document)
        await self._keep(prepared)
        return MetadataDocument(_finished(documents, base), version)

    async def _keep(self, prepared: Sequence[tuple[SeriesVersion, bytes]]) -> None:
        """Keep what was prepared: for everybody, so not on behalf of whoever asked first."""
        if not prepared:
            return
        async with self._database.transaction() as tx:
            for series, document in prepared:
                await put_metadata(tx, series.series_ref, series.version, document)

    async def headers(self, viewer: Viewer, selection: Selection) -> list[tuple[HeaderRow, Header]]:
        """Return the headers of a selection, for other ways of writing them.

        Raises:
            NotHere: nothing of that name.
        """
        async with self._access.looking(viewer, opens=[selection.study_instance_uid]) as tx:
            rows = await headers_of(tx, selection)
        if not rows:
            raise NotHere("the archive holds no such study, series or instance")
        return [(row, unpack_header(row.packed_header)) for row in rows]


def _document(rows: list[HeaderRow]) -> bytes:
    """Write data sets as JSON, parted by commas, without the brackets around."""
    return b",".join(
        header_to_json_bytes(unpack_header(row.packed_header), bulk_data_uri(BASE_MARK, row))
        for row in rows
    )


def bulk_data_uri(base: str, row: HeaderRow) -> Callable[[Path], str]:
    """Name where the bulk values of an instance are fetched: by the path of their tags."""
    instance = (
        f"{base}/studies/{row.study_instance_uid}/series/{row.series_instance_uid}"
        f"/instances/{row.sop_instance_uid}/bulkdata"
    )

    def uri(path: Path) -> str:
        steps = (f"{part:08X}" if at % 2 == 0 else str(part) for at, part in enumerate(path))
        return f"{instance}/{'/'.join(steps)}"

    return uri


def _finished(documents: list[bytes], base: str) -> bytes:
    address = orjson.dumps(base)[1:-1]
    return b"[" + b",".join(documents).replace(BASE_MARK.encode(), address) + b"]"
