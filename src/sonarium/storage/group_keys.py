"""The keys of groups: made for new blobs, found again for old ones, kept in memory meanwhile.

A key is durable before a blob that needs it is acknowledged: in a file beside the blobs, where
they are on a local disk, and else in the index, for which the acknowledgement waits. Each process
makes its own, so that none waits for another; a group may have several. A key takes new blobs for
minutes only: whoever destroys the keys of a group that rested longer destroys them all.

A file takes the disk longer than a still does. While groups arrive, a few keys are therefore made
ahead, for groups that are not known yet.
"""

import asyncio
import os
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import SonariumError
from sonarium.domain.group_key import WrappedKey
from sonarium.storage.errors import KeyDestroyed, KeysMissing, StorageUnavailable
from sonarium.storage.key_files import KeyFiles
from sonarium.storage.key_room import Keys
from sonarium.storage.root_key import RootKey
from sonarium.storage.sealing import KEY_BYTES, KEY_ID_BYTES

TAKES_NEW_BLOBS: Final = timedelta(minutes=10)
"""How long a key is used for new blobs."""
_MADE_AHEAD: Final = 8
_REMEMBERED: Final = 10_000
_PURPOSE: Final = b"sonarium group key\0"

FindKey = Callable[[bytes], Awaitable[WrappedKey | None]]


class RootKeys(Protocol):
    """Where root keys are read, each time anew: they may be rotated meanwhile. Both block."""

    def open(self) -> Keys:
        """Read all keys."""

    def current_id(self) -> str:
        """Return the id of the root key that wraps from now on."""


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A key, open and wrapped."""

    secret: bytes = field(repr=False)
    wrapped: WrappedKey


@dataclass(frozen=True, slots=True)
class _InUse:
    key: GroupKey
    until: datetime


class GroupKeys:
    """Opens keys by a root key; for one event loop.

    Args:
        roots: the key room.
        files: where keys lie beside the blobs, None where they do not.
        find: looks into the index; None where a key is not known or was destroyed.
        made_ahead: keys that wait for groups to come, once one came.
    """

    def __init__(
        self,
        roots: RootKeys,
        files: KeyFiles | None,
        find: FindKey,
        clock: Clock = utc_now,
        *,
        made_ahead: int = _MADE_AHEAD,
    ) -> None:
        self._room = roots
        self._roots = dict(roots.open().roots)
        self._files = files
        self._find = find
        self._clock = clock
        self._made_ahead = made_ahead
        self._spare: deque[_InUse] = deque()
        self._stale: list[_InUse] = []
        self._filling: asyncio.Future[None] | None = None
        self._in_use: OrderedDict[str, _InUse] = OrderedDict()
        self._choosing: dict[str, asyncio.Future[GroupKey]] = {}
        self._known: OrderedDict[bytes, GroupKey] = OrderedDict()

    def ready(self, group: str) -> GroupKey | None:
        """Return the key for a new blob, where one is in use."""
        found = self._in_use.get(group)
        if found is None or found.until < self._clock():
            return None
        self._in_use.move_to_end(group)
        return found.key

    async def for_new_blob(self, group: str) -> GroupKey:
        """Return the key for a new blob, durable.

        Raises:
            StorageUnavailable: a new one cannot be kept.
            KeysMissing, KeysDamaged: the key room is not as it should be.
        """
        key = self.ready(group)
        if key is not None:
            return key
        choosing = self._choosing.get(group)
        if choosing is None:
            choosing = asyncio.ensure_future(self._choose(group))
            self._choosing[group] = choosing
        return await asyncio.shield(choosing)

    async def close(self) -> None:
        """Leave no key behind that nothing needs."""
        if self._filling is not None:
            await self._filling
        self._stale += self._spare
        self._spare.clear()
        await self._destroy_stale()

    async def get(self, key_id: bytes) -> GroupKey:
        """Return the key of a stored blob.

        Raises:
            KeyDestroyed: it was destroyed, or is nowhere.
            KeysMissing, KeysDamaged: its root key is gone, or does not open it.
            UnavailableError: the index does not answer.
        """
        key = self._known.get(key_id)
        if key is not None:
            self._known.move_to_end(key_id)
            return key
        kept = await asyncio.to_thread(self._files.find, key_id) if self._files else None
        if kept is None:
            indexed = await self._find(key_id)
            if indexed is None:
                raise KeyDestroyed("the key of the blob was destroyed")
            kept = indexed.root_key_id, indexed.wrapped
        root = await self._root(kept[0])
        key = open_key(root, key_id, kept[1])
        self._remember(key)
        return key

    async def _choose(self, group: str) -> GroupKey:
        try:
            chosen = await self._spare_of_now() or (await self._make(1))[0]
            is_filling = self._filling is not None and not self._filling.done()
            if 2 * len(self._spare) < self._made_ahead and not is_filling:
                self._filling = asyncio.ensure_future(self._fill())
            self._remember(chosen.key)
            self._in_use[group] = chosen
            if len(self._in_use) > _REMEMBERED:
                self._in_use.popitem(last=False)
            return chosen.key
        finally:
            del self._choosing[group]

    async def _spare_of_now(self) -> _InUse | None:
        """Take a key that was made ahead; not for longer than any other, nor past a rotation."""
        if not self._spare:
            return None
        root_key_id = await asyncio.to_thread(self._room.current_id)
        while self._spare:
            spare = self._spare.popleft()
            if spare.until >= self._clock() and spare.key.wrapped.root_key_id == root_key_id:
                return spare
            self._stale.append(spare)
        return None

    async def _fill(self) -> None:
        # A disk that fails says so to whoever needs a key next.
        with suppress(SonariumError):
            self._spare.extend(await self._make(self._made_ahead - len(self._spare)))
        await self._destroy_stale()

    async def _destroy_stale(self) -> None:
        """Remove the files of keys that seal nothing; a file that stays does no harm."""
        while self._stale:
            unused = self._stale.pop()
            if self._files is not None:
                with suppress(OSError):
                    await asyncio.to_thread(self._files.destroy, unused.key.wrapped.key_id)

    async def _make(self, count: int) -> list[_InUse]:
        until = self._clock() + TAKES_NEW_BLOBS
        try:
            return [_InUse(key, until) for key in await asyncio.to_thread(self._durable, count)]
        except OSError as error:
            raise StorageUnavailable("a new key cannot be kept") from error

    def _durable(self, count: int) -> list[GroupKey]:
        root = self._room.open().root
        made = []
        for _ in range(count):
            key = wrap_key(root, os.urandom(KEY_ID_BYTES), os.urandom(KEY_BYTES))
            if self._files is not None:
                self._files.write(key.wrapped.key_id, root.key_id, key.wrapped.wrapped)
            made.append(key)
        return made

    async def _root(self, key_id: str) -> RootKey:
        if key_id not in self._roots:
            self._roots = dict((await asyncio.to_thread(self._room.open)).roots)
        try:
            return self._roots[key_id]
        except KeyError as error:
            raise KeysMissing(
                f"the root key {key_id} is not in the key room: bring it back with "
                "`sonarium keys restore` and its recovery kit"
            ) from error

    def _remember(self, key: GroupKey) -> None:
        self._known[key.wrapped.key_id] = key
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def wrap_key(root: RootKey, key_id: bytes, secret: bytes) -> GroupKey:
    """Wrap a key."""
    wrapped = root.wrap(secret, _PURPOSE + key_id)
    return GroupKey(secret, WrappedKey(key_id, root.key_id, wrapped))


def open_key(root: RootKey, key_id: bytes, wrapped: bytes) -> GroupKey:
    """Open a wrapped key.

    Raises:
        KeysDamaged: this root key did not wrap it.
    """
    # Earlier keys have the name of their group behind them.
    secret = root.unwrap(wrapped, _PURPOSE + key_id)[:KEY_BYTES]
    return GroupKey(secret, WrappedKey(key_id, root.key_id, wrapped))
