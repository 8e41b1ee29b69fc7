"""The keys of studies: found for the blob store, wrapped anew after a rotation of the root key."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sonarium.base.errors import UnavailableError
from sonarium.base.log import get_logger
from sonarium.db.pool import Database
from sonarium.domain.audit import Action, EventType, Subject, SubjectKind
from sonarium.domain.group_key import WrappedKey
from sonarium.index.study_keys import (
    destroyed_study_keys,
    find_study_key,
    rewrap_study_keys,
    root_keys_used,
    study_keys_under,
)
from sonarium.services.audit.trail import note, security_alert
from sonarium.storage.errors import KeysMissing
from sonarium.storage.group_keys import TAKES_NEW_BLOBS, open_key, wrap_key
from sonarium.storage.key_files import KeyFiles
from sonarium.storage.key_room import Keys

log = get_logger(__name__)

_AT_ONCE: Final = 500
_LISTED: Final = 10_000
_LOOK_EVERY: Final = timedelta(minutes=1)
_QUIET_LOOKS: Final = TAKES_NEW_BLOBS // _LOOK_EVERY + 1
"""So many looks in a row find nothing before a rotation counts as done: a key that was made just
before it is in the index once its first object is, and takes objects for so long."""

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Erasure:
    """Keys that were destroyed on one day, and when that becomes true of the backups too."""

    destroyed_on: datetime
    keys: int
    erased_on: datetime


class StudyKeyService:
    """Looks after the wrapped keys, in the index and beside the blobs."""

    def __init__(self, database: Database, files: KeyFiles | None) -> None:
        self._database = database
        self._files = files

    async def find(self, key_id: bytes) -> WrappedKey | None:
        """Return a key as the index has it; None where it is unknown or destroyed."""
        async with self._database.transaction() as tx:
            return await find_study_key(tx, key_id)

    async def count_by_root(self) -> dict[str, int]:
        """Count the keys that each root key wraps, those only beside the blobs included."""
        async with self._database.transaction() as tx:
            counts = await root_keys_used(tx)
        if self._files is not None:
            for key_id, count in (await asyncio.to_thread(self._files.count_by_root)).items():
                counts[key_id] = max(count, counts.get(key_id, 0))
        return counts

    async def rewrap(self, keys: Keys) -> int:
        """Wrap by the root key in use what others wrap; go on where an earlier run stopped.

        Raises:
            KeysMissing: one of the others is not in the key room.
            UnavailableError: the index went away; what was done stays done.
        """
        done = 0
        for root_key_id in await self.count_by_root():
            if root_key_id == keys.root.key_id:
                continue
            if root_key_id not in keys.roots:
                raise KeysMissing(
                    f"the root key {root_key_id} still wraps keys and is not in the key room: "
                    "bring it back with `sonarium keys restore` and its recovery kit"
                )
            while moved := await self._rewrap_some(keys, root_key_id):
                done += moved
        if self._files is not None:
            done += await asyncio.to_thread(_rewrap_files, self._files, keys)
        return done

    async def run(self, open_keys: Callable[[], Keys], pause: Pause = asyncio.sleep) -> None:
        """Wrap everything anew after each rotation, until cancelled."""
        done_for, quiet = "", 0
        while True:
            try:
                keys = await asyncio.to_thread(open_keys)
                is_new = keys.root.key_id != done_for
                if is_new or (len(keys.roots) > 1 and quiet < _QUIET_LOOKS):
                    count = await self.rewrap(keys)
                    done_for, quiet = keys.root.key_id, 0 if is_new or count else quiet + 1
                    if is_new or count:
                        log.info("keys_wrapped_anew", count=count)
            except (UnavailableError, OSError) as error:
                log.warning("rewrapping_postponed", error_type=type(error).__name__)
            await pause(_LOOK_EVERY.total_seconds())

    async def note_root(self, root_key_id: str, action: Action, what: str) -> None:
        """Note what was done with a root key; the trail names it by its id.

        Raises:
            DatabaseUnavailable: it is not noted.
        """
        subject = Subject(SubjectKind.RESOURCE, f"root key {root_key_id}")
        event = security_alert(
            EventType.SECURITY_CONFIGURATION, subject, action=action, reason=what
        )
        async with self._database.transaction() as tx:
            await note(tx, event)

    async def erasures(self, backup_retention: timedelta) -> list[Erasure]:
        """List what was destroyed, newest first, with the day on which no backup opens it."""
        async with self._database.transaction() as tx:
            days = await destroyed_study_keys(tx, _LISTED)
        return [
            Erasure(day.destroyed_at, day.keys, day.destroyed_at + timedelta(1) + backup_retention)
            for day in days
        ]

    async def _rewrap_some(self, keys: Keys, root_key_id: str) -> int:
        async with self._database.transaction() as tx:
            some = await study_keys_under(tx, root_key_id, _AT_ONCE)
            new = [_rewrapped(keys, one.key_id, root_key_id, one.wrapped) for one in some]
            await rewrap_study_keys(tx, new, keys.root.key_id)
        return len(some)


def _rewrapped(keys: Keys, key_id: bytes, root_key_id: str, wrapped: bytes) -> WrappedKey:
    key = open_key(keys.roots[root_key_id], key_id, wrapped)
    return wrap_key(keys.root, key_id, key.secret).wrapped


def _rewrap_files(files: KeyFiles, keys: Keys) -> int:
    done = 0
    for key_id in files.iter_ids():
        found = files.find(key_id)
        if found is not None and found[0] != keys.root.key_id:
            new = _rewrapped(keys, key_id, *found)
            files.write(key_id, new.root_key_id, new.wrapped)
            done += 1
    return done
