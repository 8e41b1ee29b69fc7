"""Deletes studies for good: rows, blobs, and the keys that would open a copy of the blobs."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import RequestError
from sonarium.base.log import get_logger
from sonarium.db.pool import Database
from sonarium.index.blobs import forget_doomed_blobs
from sonarium.index.instances import arrivals_of, delete_study
from sonarium.index.study_keys import destroy_study_keys, study_keys_of
from sonarium.services.audit.looks import note_deletion
from sonarium.storage.blob_store import BlobStore
from sonarium.storage.group_keys import TAKES_NEW_BLOBS
from sonarium.storage.key_files import KeyFiles

log = get_logger(__name__)

RESTS_FOR: Final = TAKES_NEW_BLOBS + timedelta(minutes=5)
"""Until then a key of the study may take new objects, in whichever process."""


class DeletionRefused(RequestError):
    """The study is not there, or still arrives; the message says which."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """What was deleted, and when no backup opens it any more."""

    objects: int
    keys: int
    erased_at: datetime


class StudyDeletionService:
    """Deletes one study at a time; nothing brings it back.

    Args:
        files: the wrapped keys beside the blobs.
        cache: small pictures, which may show any study and are made again.
        backup_retention: how long backups are kept in which the keys are still.
    """

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        files: KeyFiles | None,
        cache: Path,
        backup_retention: timedelta,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._files = files
        self._cache = cache
        self._backup_retention = backup_retention
        self._clock = clock

    async def count(self, study_instance_uid: str) -> int:
        """Return how many objects would be deleted.

        Raises:
            DeletionRefused: none, or the study still arrives.
        """
        async with self._database.transaction() as tx:
            arrivals = await arrivals_of(tx, study_instance_uid)
        if arrivals.last_at is None:
            raise DeletionRefused("no study of this Study Instance UID is here")
        if self._clock() - arrivals.last_at < RESTS_FOR:
            minutes = RESTS_FOR // timedelta(minutes=1)
            raise DeletionRefused(
                f"objects of this study arrived within the last {minutes} minutes: try later"
            )
        return arrivals.objects

    async def delete(self, study_instance_uid: str) -> Deletion:
        """Destroy keys and rows in one transaction, then the blobs.

        Raises:
            DeletionRefused: there is no such study, or it still arrives.
            UnavailableError: nothing is deleted, or only the blobs wait for the next scrub.
        """
        objects = await self.count(study_instance_uid)
        async with self._database.transaction() as tx:
            await note_deletion(tx, study_instance_uid)
            blob_keys = await delete_study(tx, study_instance_uid)
            key_ids = await study_keys_of(tx, study_instance_uid)
            await destroy_study_keys(tx, study_instance_uid)
            # Before the end of the transaction: should it fail, the index still has the keys.
            await asyncio.to_thread(self._destroy_files, key_ids)
        await self._blobs.delete(blob_keys)
        async with self._database.transaction() as tx:
            await forget_doomed_blobs(tx, blob_keys)
        log.info("study_deleted", count=objects)
        return Deletion(objects, len(key_ids), self._clock() + self._backup_retention)

    def _destroy_files(self, key_ids: list[bytes]) -> None:
        if self._files is not None:
            for key_id in key_ids:
                self._files.destroy(key_id)
        shutil.rmtree(self._cache, ignore_errors=True)
