"""Export to plain files that any other system can read, checked while they are written.

    ST00000A/SE00000C/IM00001F   one Part 10 file each; names are made of our keys alone
    SHA256SUMS                   for `sha256sum --check`
    STUDIES.TSV                  which folder is which study, for people
    DICOMDIR                     where wanted

A second run writes only what is not there yet. Names and identifiers of patients are in the
files, as they must be, and in no file name.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, Final

from sonarium.base.errors import RequestError
from sonarium.base.identifiers import new_uid
from sonarium.dicom.media_directory import (
    DirectoryRecord,
    ReferencedFile,
    media_directory,
    record_type_of,
)
from sonarium.dicom.part10 import file_meta
from sonarium.domain.access import Viewer
from sonarium.domain.attributes import Attributes, Element
from sonarium.index.exports import (
    ExportedInstance,
    ExportedStudy,
    instances_to_export,
    studies_to_export,
)
from sonarium.services.access import AccessService
from sonarium.services.audit.looks import note_copy
from sonarium.storage.blob_store import BlobStore
from sonarium.storage.errors import BlobDamaged, BlobMissing

__all__ = ["ExportExtra", "ExportOutcome", "ExportRefused", "ExportService", "ExportedFile"]

_STUDIES_AT_ONCE: Final = 100
_CHUNK_BYTES: Final = 2**20
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LINE_KEYS: Final = {
    "00100020": "PatientID",
    "00100010": "PatientName",
    "00080020": "StudyDate",
    "00080050": "AccessionNumber",
    "00081030": "StudyDescription",
    "0020000D": "StudyInstanceUID",
}
_PATIENT_KEYS: Final = ("00100010", "00100020")
_STUDY_KEYS: Final = ("00080020", "00080030", "00080050", "00081030", "00200010")
_VR_OF: Final[dict[str, str]] = {
    "00100010": "PN",
    "00100020": "LO",
    "00080020": "DA",
    "00080030": "TM",
    "00080050": "SH",
    "00081030": "LO",
    "00200010": "SH",
    "00080060": "CS",
    "00200011": "IS",
    "00200013": "IS",
}


class ExportRefused(RequestError):
    """The export cannot be written there, or there is nothing to export."""


class ExportOutcome(StrEnum):
    """What became of one instance."""

    WRITTEN = "written"
    THERE_ALREADY = "there already"
    DAMAGED = "damaged"
    """Its stored bytes are not what was received; nothing was written."""


class ExportExtra(StrEnum):
    """What is written besides the files."""

    DICOMDIR = "DICOMDIR"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One instance and what became of it; `name` is relative to the target."""

    name: str
    outcome: ExportOutcome
    size_bytes: int = 0


@dataclass(slots=True)
class _Account:
    """What is written when all files are."""

    sums: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    patients: dict[str, tuple[Attributes, list[DirectoryRecord]]] = field(default_factory=dict)


class ExportService:
    """Writes stored objects to files."""

    def __init__(self, access: AccessService, blobs: BlobStore) -> None:
        self._access = access
        self._blobs = blobs

    async def run(
        self,
        viewer: Viewer,
        target: Path,
        study_instance_uids: Sequence[str] | None = None,
        extras: Sequence[ExportExtra] = (),
    ) -> AsyncIterator[ExportedFile]:
        """Export some studies, or all, and tell of each instance.

        Raises:
            ExportRefused: the target cannot be written, or no such study is kept.
            UnavailableError: database or blob store is away; a later run goes on.
        """
        account = _Account(lines=["\t".join(("Folder", *_LINE_KEYS.values()))])
        after = 0
        while studies := await self._studies(viewer, study_instance_uids, after):
            for study in studies:
                folder = _file_id("ST", study.study_ref)
                account.lines.append("\t".join((folder, *_line(study.attributes))))
                series: dict[int, list[DirectoryRecord]] = {}
                instances = await self._instances(viewer, study, target)
                for instance in instances:
                    file_id = (
                        folder,
                        _file_id("SE", instance.series_ref),
                        _file_id("IM", instance.instance_ref),
                    )
                    exported, digest = await self._write(target, file_id, instance)
                    if digest:
                        account.sums.append(f"{digest}  {exported.name}")
                        record = _instance_record(file_id, instance)
                        series.setdefault(instance.series_ref, []).append(record)
                    yield exported
                _enter(account, study, instances, series)
                after = study.study_ref
        if len(account.lines) == 1:
            raise ExportRefused("the archive holds no such study")
        await asyncio.to_thread(_close, target, account, extras)

    async def _studies(
        self, viewer: Viewer, uids: Sequence[str] | None, after: int
    ) -> list[ExportedStudy]:
        async with self._access.looking(viewer) as tx:
            return await studies_to_export(tx, uids, after=after, limit=_STUDIES_AT_ONCE)

    async def _instances(
        self, viewer: Viewer, study: ExportedStudy, target: Path
    ) -> list[ExportedInstance]:
        """List what is about to be written, and note that it leaves."""
        async with self._access.looking(viewer) as tx:
            await note_copy(tx, study.study_instance_uid, str(target), "written as files")
            return await instances_to_export(tx, study.study_ref)

    async def _write(
        self, target: Path, file_id: tuple[str, ...], instance: ExportedInstance
    ) -> tuple[ExportedFile, str]:
        """Write one file, unless it is there; its digest is empty where it could not be."""
        name = "/".join(file_id)
        path = target.joinpath(*file_id)
        head = file_meta(
            sop_class_uid=instance.sop_class_uid,
            sop_instance_uid=instance.sop_instance_uid,
            transfer_syntax_uid=instance.transfer_syntax_uid,
        )
        length = len(head) + instance.data_set_length
        present = await asyncio.to_thread(_digest_of, path, head, instance)
        if present:
            return ExportedFile(name, ExportOutcome.THERE_ALREADY, length), present
        part = path.with_name(f"{path.name}.part")
        body, whole = hashlib.sha256(), hashlib.sha256(head)
        try:
            with await asyncio.to_thread(_create, part) as file:
                file.write(head)
                async for chunk in self._blobs.iter_range(
                    instance.blob_key, instance.data_set_offset, instance.data_set_length
                ):
                    await asyncio.to_thread(file.write, chunk)
                    body.update(chunk)
                    whole.update(chunk)
            if body.digest() != instance.sha256:
                raise BlobDamaged("the stored bytes are not those that were received")
            await asyncio.to_thread(part.rename, path)
        except (BlobDamaged, BlobMissing):
            _drop(part)
            return ExportedFile(name, ExportOutcome.DAMAGED), ""
        except OSError as error:
            _drop(part)
            raise ExportRefused(f"the target cannot be written: {error.strerror}") from error
        return ExportedFile(name, ExportOutcome.WRITTEN, length), whole.hexdigest()


def _file_id(kind: str, number: int) -> str:
    """Write a key of ours as a file ID component (PS3.10 8.5): 8 characters."""
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return kind + digits.rjust(6, "0")


def _create(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("wb")


def _drop(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _digest_of(path: Path, head: bytes, instance: ExportedInstance) -> str:
    """Return the digest of a file if it is the one that would be written, else nothing."""
    try:
        if path.stat().st_size != len(head) + instance.data_set_length:
            return ""
        body, whole = hashlib.sha256(), hashlib.sha256(head)
        with path.open("rb") as file:
            if file.read(len(head)) != head:
                return ""
            while chunk := file.read(_CHUNK_BYTES):
                body.update(chunk)
                whole.update(chunk)
    except OSError:
        return ""
    return whole.hexdigest() if body.digest() == instance.sha256 else ""


def _instance_record(file_id: tuple[str, ...], instance: ExportedInstance) -> DirectoryRecord:
    return DirectoryRecord(
        record_type_of(instance.sop_class_uid),
        _keys(instance.attributes, ("00200013",)),
        file=ReferencedFile(
            file_id,
            instance.sop_class_uid,
            instance.sop_instance_uid,
            instance.transfer_syntax_uid,
        ),
    )


def _enter(
    account: _Account,
    study: ExportedStudy,
    instances: Sequence[ExportedInstance],
    records: dict[int, list[DirectoryRecord]],
) -> None:
    """Add a study to the directory, below its patient."""
    series = {
        instance.series_ref: DirectoryRecord(
            "SERIES",
            {
                **_keys(instance.series_attributes, ("00080060", "00200011")),
                "0020000E": _uid(instance.series_instance_uid),
            },
            records[instance.series_ref],
        )
        for instance in instances
        if instance.series_ref in records
    }
    keys = {**_keys(study.attributes, _STUDY_KEYS), "0020000D": _uid(study.study_instance_uid)}
    patient = _keys(study.attributes, _PATIENT_KEYS)
    _, studies = account.patients.setdefault(repr(patient), (patient, []))
    studies.append(DirectoryRecord("STUDY", keys, list(series.values())))


def _keys(attributes: Attributes, tags: Iterable[str]) -> Attributes:
    return {tag: attributes.get(tag, {"vr": _VR_OF[tag]}) for tag in tags}


def _uid(uid: str) -> Element:
    return {"vr": "UI", "Value": [uid]}


def _line(attributes: Attributes) -> list[str]:
    return [_cell(attributes, tag) for tag in _LINE_KEYS]


def _cell(attributes: Attributes, tag: str) -> str:
    """Return a value as a cell that neither breaks the table nor runs in a spreadsheet."""
    values = attributes.get(tag, {}).get("Value")
    first = values[0] if isinstance(values, list) and values else ""
    text = str(first.get("Alphabetic", "")) if isinstance(first, dict) else str(first or "")
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _close(target: Path, account: _Account, extras: Sequence[ExportExtra]) -> None:
    try:
        _merge(target / "SHA256SUMS", account.sums, key=lambda line: line.partition("  ")[2])
        _merge(target / "STUDIES.TSV", account.lines, key=lambda line: line.partition("\t")[0])
        if ExportExtra.DICOMDIR in extras:
            roots = [
                DirectoryRecord("PATIENT", keys, studies)
                for keys, studies in account.patients.values()
            ]
            _write_durably(target / "DICOMDIR", media_directory(roots, new_uid()))
    except OSError as error:
        raise ExportRefused(f"the target cannot be written: {error.strerror}") from error


def _merge(path: Path, lines: Sequence[str], key: Callable[[str], str]) -> None:
    """Add lines to those of earlier runs; a later line replaces the one of the same key."""
    before = path.read_text().splitlines() if path.exists() else []
    merged = {key(line): line for line in (*before, *lines)}
    _write_durably(path, "".join(f"{line}\n" for line in merged.values()).encode())


def _write_durably(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
