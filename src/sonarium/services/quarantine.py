"""What was accepted and could not be served: a person looks, and decides.

Nothing is lost by a decision: what is discarded stays for a while, and an exchange sets the
other object aside, so that the same act takes it back.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import RequestError
from sonarium.db.pool import Database
from sonarium.dicom.errors import MalformedDataSet
from sonarium.domain.audit import AuditEvent, EventType, Subject, SubjectKind
from sonarium.index.quarantine import (
    QuarantinedObject,
    discard_quarantined,
    exchange,
    find_quarantined,
    purge_quarantine,
    quarantined,
    restore_quarantined,
)
from sonarium.services.acceptance import Describer, MissingIdentity
from sonarium.services.audit.trail import note, security_alert
from sonarium.services.stored_object import describe_again, find_body
from sonarium.storage.blob_store import BlobStore
from sonarium.storage.errors import BlobDamaged, BlobMissing

__all__ = ["QuarantineRefused", "QuarantineService", "QuarantinedObject"]

KEPT_AFTER_DISCARDING: Final = timedelta(days=30)
"""So long a discarded object can be brought back."""


class QuarantineRefused(RequestError):
    """The object is not there, or cannot be dealt with so; the message says why."""


class QuarantineService:
    """Lists what was set aside, and carries out what is decided."""

    def __init__(self, database: Database, blobs: BlobStore, clock: Clock = utc_now) -> None:
        self._database = database
        self._blobs = blobs
        self._clock = clock
        self._describer = Describer()

    async def list(self, *, limit: int, before: int | None = None) -> list[QuarantinedObject]:
        """List what was set aside, newest first; `before` is the last one already seen."""
        async with self._database.statement() as tx:
            return await quarantined(tx, limit, before)

    async def discard(self, quarantine_ref: int, by: str) -> None:
        """Put an object away; it can be brought back for `KEPT_AFTER_DISCARDING`.

        Raises:
            QuarantineRefused: there is none, or it is discarded already.
        """
        async with self._database.transaction() as tx:
            if not await discard_quarantined(tx, quarantine_ref, by):
                raise QuarantineRefused("no object of this number waits in quarantine")
            await note(tx, _decided(quarantine_ref, "put away"))

    async def restore(self, quarantine_ref: int) -> None:
        """Bring back what was discarded.

        Raises:
            QuarantineRefused: there is none, or it was not discarded.
        """
        async with self._database.transaction() as tx:
            if not await restore_quarantined(tx, quarantine_ref):
                raise QuarantineRefused("no discarded object of this number is left")
            await note(tx, _decided(quarantine_ref, "brought back"))

    async def exchange(self, quarantine_ref: int) -> None:
        """Serve this object in the place of the one kept under its SOP Instance UID.

        That one is set aside under the same number: exchanging again takes it back.

        Raises:
            QuarantineRefused: nothing is kept under its UIDs, or it cannot be read.
            UnavailableError: it may work later.
        """
        async with self._database.transaction() as tx:
            found = await find_quarantined(tx, quarantine_ref)
        if found is None or found.discarded_at is not None:
            raise QuarantineRefused("no object of this number waits in quarantine")
        try:
            blob = await find_body(self._blobs, found.blob_key, found.sha256)
            arrival = await describe_again(self._blobs, blob, self._describer)
        except (MalformedDataSet, MissingIdentity) as error:
            raise QuarantineRefused(f"the object cannot be read: {error}") from error
        except (BlobDamaged, BlobMissing) as error:
            raise QuarantineRefused("the stored bytes of the object are damaged") from error
        async with self._database.transaction() as tx:
            now = await find_quarantined(tx, quarantine_ref)
            if now is None or now.blob_key != found.blob_key:
                raise QuarantineRefused("somebody else decided about this object just now")
            if not await exchange(tx, quarantine_ref, arrival):
                raise QuarantineRefused(
                    "no object of the same study, series and SOP Instance UID is kept, so there "
                    "is none to exchange it for"
                )
            await note(tx, _decided(quarantine_ref, "served instead of the one that was kept"))

    async def iter_file(self, quarantine_ref: int) -> AsyncIterator[bytes]:
        """Stream an object as a file (PS3.10), for a look with other programs.

        Raises:
            QuarantineRefused: there is none.
        """
        async with self._database.transaction() as tx:
            found = await find_quarantined(tx, quarantine_ref)
        if found is None:
            raise QuarantineRefused("there is no object of this number in quarantine")
        async with self._database.transaction() as tx:
            await note(tx, _decided(quarantine_ref, "read as a file"))
        length = await self._blobs.size(found.blob_key)
        async for chunk in self._blobs.iter_range(found.blob_key, 0, length):
            yield chunk

    async def purge(self) -> int:
        """Let go of what was discarded long enough ago; return how many objects."""
        async with self._database.transaction() as tx:
            return await purge_quarantine(tx, self._clock() - KEPT_AFTER_DISCARDING)


def _decided(quarantine_ref: int, what: str) -> AuditEvent:
    subject = Subject(SubjectKind.RESOURCE, f"object {quarantine_ref} in quarantine")
    return security_alert(EventType.RESTRICTED_FUNCTION, subject, reason=what)
