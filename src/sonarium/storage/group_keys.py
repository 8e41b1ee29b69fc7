"""The keys of groups: made for new blobs, found again for old ones, kept in memory meanwhile.

A key is durable before a blob that needs it is acknowledged: in a file beside the blobs, where
they are on a local disk, and else in the index, for which the acknowledgement waits. Each process
makes its own, so that none waits for another; a group may have several. A key takes new blobs for
minutes only: whoever destroys the keys of a group that rested longer destroys them all.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sonarium.base.clock import Clock, utc_now
from sonarium.domain.group_key import WrappedKey
from sonarium.storage.errors import KeyDestroyed, KeysMissing, StorageUnavailable
from sonarium.storage.key_files import KeyFiles
from sonarium.storage.key_room import Keys
from sonarium.storage.root_key import RootKey
from sonarium.storage.sealing import KEY_BYTES, KEY_ID_BYTES

TAKES_NEW_BLOBS: Final = timedelta(minutes=10)
"""How long a key is used for new blobs."""
_REMEMBERED: Final = 10_000
_PURPOSE: Final = b"sonarium group key\0"

FindKey = Callable[[bytes], Awaitable[WrappedKey | None]]


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
        open_keys: reads the key room; again after a rotation.
        files: where keys lie beside the blobs, None where they do not.
        find: looks into the index; None where a key is not known or was destroyed.
    """

    def __init__(
        self,
        open_keys: Callable[[], Keys],
        files: KeyFiles | None,
        find: FindKey,
        clock: Clock = utc_now,
    ) -> None:
        self._open_keys = open_keys
        self._roots = dict(open_keys().roots)
        self._files = files
        self._find = find
        self._clock = clock
        self._in_use: OrderedDict[str, _InUse] = OrderedDict()
        self._making: dict[str, asyncio.Future[GroupKey]] = {}
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
        making = self._making.get(group)
        if making is None:
            making = asyncio.ensure_future(self._make(group))
            self._making[group] = making
        return await asyncio.shield(making)

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

    async def _make(self, group: str) -> GroupKey:
        try:
            until = self._clock() + TAKES_NEW_BLOBS
            try:
                key = await asyncio.to_thread(self._make_durable, group)
            except OSError as error:
                raise StorageUnavailable("a new key cannot be kept") from error
            self._remember(key)
            self._in_use[group] = _InUse(key, until)
            if len(self._in_use) > _REMEMBERED:
                self._in_use.popitem(last=False)
            return key
        finally:
            del self._making[group]

    def _make_durable(self, group: str) -> GroupKey:
        root = self._open_keys().root
        key = wrap_key(root, os.urandom(KEY_ID_BYTES), os.urandom(KEY_BYTES), group)
        if self._files is not None:
            self._files.write(key.wrapped.key_id, root.key_id, key.wrapped.wrapped)
        return key

    async def _root(self, key_id: str) -> RootKey:
        if key_id not in self._roots:
            self._roots = dict((await asyncio.to_thread(self._open_keys)).roots)
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


def wrap_key(root: RootKey, key_id: bytes, secret: bytes, group: str) -> GroupKey:
    """Wrap a key, with the name of its group inside, where nobody reads it."""
    wrapped = root.wrap(secret + group.encode(), _PURPOSE + key_id)
    return GroupKey(secret, WrappedKey(key_id, group, root.key_id, wrapped))


def open_key(root: RootKey, key_id: bytes, wrapped: bytes) -> GroupKey:
    """Open a wrapped key.

    Raises:
        KeysDamaged: this root key did not wrap it.
    """
    plain = root.unwrap(wrapped, _PURPOSE + key_id)
    group = plain[KEY_BYTES:].decode()
    return GroupKey(plain[:KEY_BYTES], WrappedKey(key_id, group, root.key_id, wrapped))
