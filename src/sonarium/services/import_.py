"""Import of files: a folder, a DICOMDIR, a zip archive; resumes where it stopped.

Files go in as objects do at every other door. What is there already, byte for byte, is seen
by its digest and not stored again, so that a second run costs little more than reading.
"""

import asyncio
import hashlib
import os
import zipfile
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from sonarium.base.errors import RequestError, UnavailableError
from sonarium.db.pool import Database
from sonarium.dicom.part10 import Part10Start
from sonarium.domain.arrival import Door, Source
from sonarium.index.blobs import stored_digests
from sonarium.services.grants import check_own_department
from sonarium.services.import_files import (
    ImportFile,
    ImportRefused,
    NotDICOM,
    find_files,
    iter_chunks,
    read_start,
)
from sonarium.services.store import Arrival, Placement, Stored, StoreService

__all__ = ["ImportOutcome", "ImportRefused", "ImportService", "ImportedFile"]

_FILES_AT_ONCE: Final = 64
_OPEN_AT_ONCE: Final = 8


class ImportOutcome(StrEnum):
    """What became of one file."""

    STORED = "stored"
    ALREADY_PRESENT = "already present"
    SET_ASIDE = "set aside"
    REFUSED = "refused"
    NOT_DICOM = "not DICOM"


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One file, what became of it, and why where that needs saying.

    `name` is relative to the imported folder; it may hold patient data and is for the
    person who imports, never for a log.
    """

    name: str
    outcome: ImportOutcome
    reason: str = ""
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class _Begun:
    """A file that begins as an object does."""

    start: Part10Start

    @property
    def sop_instance_uid(self) -> str:
        return self.start.meta.media_storage_sop_instance_uid


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: ImportOutcome
    reason: str = ""
    size_bytes: int = 0


_UNREADABLE: Final = (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)
"""What reading a file or a zip archive raises; RuntimeError is an encrypted member."""

_OUTCOME_OF: Final = {
    Placement.STORED: ImportOutcome.STORED,
    Placement.ALREADY_PRESENT: ImportOutcome.ALREADY_PRESENT,
    Placement.CONFLICT: ImportOutcome.SET_ASIDE,
}


class ImportService:
    """Stores files."""

    def __init__(self, database: Database, store: StoreService, department: str = "") -> None:
        """Prepare to store files as of `department`, where they name none.

        Raises:
            InvalidGrant: no study can be of it.
        """
        check_own_department(department)
        self._source = Source(Door.IMPORT, department=department)
        self._database = database
        self._store = store
        self._open = asyncio.Semaphore(_OPEN_AT_ONCE)

    async def survey(self, place: Path) -> list[ImportFile]:
        """List the files to import.

        Raises:
            ImportRefused: there is nothing to import at that place.
        """
        return await asyncio.to_thread(find_files, place)

    async def run(self, place: Path, files: Sequence[ImportFile]) -> AsyncIterator[ImportedFile]:
        """Import files and tell of each, in order.

        Raises:
            UnavailableError: disk or database is away; a later run goes on from there.
        """
        for first in range(0, len(files), _FILES_AT_ONCE):
            some = files[first : first + _FILES_AT_ONCE]
            for file, result in zip(some, await self._import(some), strict=True):
                if isinstance(result, UnavailableError):
                    raise result
                yield ImportedFile(
                    _name(place, file), result.outcome, result.reason, result.size_bytes
                )

    async def _import(self, files: Sequence[ImportFile]) -> list[_Verdict | UnavailableError]:
        begun = await asyncio.gather(*(asyncio.to_thread(_begin, file) for file in files))
        uids = {one.sop_instance_uid for one in begun if isinstance(one, _Begun)}
        async with self._database.transaction() as tx:
            present = await stored_digests(tx, sorted(uids))
        stored = await asyncio.gather(
            *(
                self._store_unless_present(file, one, present)
                for file, one in zip(files, begun, strict=True)
            )
        )
        # Only now, so that all of them go into the index together.
        return [one if not isinstance(one, Stored) else await _placed(one) for one in stored]

    async def _store_unless_present(
        self, file: ImportFile, begun: _Begun | _Verdict, present: dict[str, bytes]
    ) -> Stored | _Verdict | UnavailableError:
        if isinstance(begun, _Verdict):
            return begun
        try:
            async with self._open:
                digest = present.get(begun.sop_instance_uid)
                if digest is not None and await asyncio.to_thread(_sha256, file) == digest:
                    return _Verdict(ImportOutcome.ALREADY_PRESENT)
                return await self._store_file(file)
        except UnavailableError as error:
            return error
        except RequestError as error:
            return _Verdict(ImportOutcome.REFUSED, str(error))
        except _UNREADABLE as error:
            return _Verdict(ImportOutcome.REFUSED, _why_unreadable(error))

    async def _store_file(self, file: ImportFile) -> Stored:
        with ExitStack() as opened:
            source = await asyncio.to_thread(opened.enter_context, file.opened())
            start, first = await asyncio.to_thread(read_start, source)
            chunks = iter_chunks(source, first)
            reception = self._store.receive(Arrival(start.transfer_syntax_uid, self._source))
            try:
                while chunk := await asyncio.to_thread(next, chunks, b""):
                    pause = reception.feed(chunk)
                    if pause is not None:
                        await pause
                    if reception.refusal is not None:
                        break
                return await reception.commit()
            except BaseException:
                await reception.abandon()
                raise


async def _placed(stored: Stored) -> _Verdict:
    placement = await stored.placed()
    reason = "; ".join(stored.warnings)
    if placement is Placement.CONFLICT:
        reason = "other bytes are kept under its SOP Instance UID: see `sonarium quarantine list`"
    return _Verdict(_OUTCOME_OF[placement], reason, stored.length)


def _begin(file: ImportFile) -> _Begun | _Verdict:
    try:
        with file.opened() as source:
            return _Begun(read_start(source)[0])
    except NotDICOM as error:
        return _Verdict(ImportOutcome.NOT_DICOM, str(error))
    except RequestError as error:
        return _Verdict(ImportOutcome.REFUSED, str(error))
    except _UNREADABLE as error:
        return _Verdict(ImportOutcome.REFUSED, _why_unreadable(error))


def _sha256(file: ImportFile) -> bytes:
    digest = hashlib.sha256()
    with file.opened() as source:
        _, first = read_start(source)
        for chunk in iter_chunks(source, first):
            digest.update(chunk)
    return digest.digest()


def _why_unreadable(error: BaseException) -> str:
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror}"
    return "the archive it is in is damaged, encrypted or of an unknown kind"


def _name(place: Path, file: ImportFile) -> str:
    folder = place if place.is_dir() else place.parent
    name = os.path.relpath(file.path, folder)
    return f"{name}!{file.member}" if file.member else name
