"""Blob keys: opaque to everybody but the store that made them."""

import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sonarium.base.clock import utc_now
from sonarium.storage.errors import BlobMissing

_VOLUME = r"[0-9a-f]{20}-[0-9a-f]{4,}"
_SEGMENT_KEY = re.compile(rf"s\.({_VOLUME})\.([0-9a-f]+)\.([0-9a-f]+)", re.ASCII)
_LOOSE_KEY = re.compile(rf"l\.({_VOLUME})\.([0-9a-f]{{20}}-([0-9a-f]{{64}}))", re.ASCII)

_REMEMBERED: Final = 4096
"""Keys whose place is not read again: a key is looked at with every range of its blob."""


@dataclass(frozen=True, slots=True)
class SegmentPlace:
    """A record of a segment."""

    volume: str
    offset: int
    blob_length: int


@dataclass(frozen=True, slots=True)
class LoosePlace:
    """A file of its own."""

    volume: str
    file_name: str
    body_sha256: bytes


def time_ordered_name() -> str:
    """Make a name that was never used before; later names sort later."""
    return f"{int(utc_now().timestamp() * 1000):012x}{secrets.token_hex(4)}"


def segment_key(volume: str, offset: int, blob_length: int) -> str:
    """Name a record; it can be read without a look at its header."""
    return f"s.{volume}.{offset:x}.{blob_length:x}"


def loose_file_name(body_sha256: bytes) -> str:
    """Name a new file; the digest in it lets a replay see whether the file is whole."""
    return f"{time_ordered_name()}-{body_sha256.hex()}"


def loose_key(volume: str, file_name: str) -> str:
    """Name a file of its own."""
    return f"l.{volume}.{file_name}"


def volume_of(key: str) -> str:
    """Return the volume that holds a blob."""
    return place_of(key).volume


@lru_cache(_REMEMBERED)
def place_of(key: str) -> SegmentPlace | LoosePlace:
    """Read a key that this store made.

    Raises:
        BlobMissing: it did not.
    """
    segment = _SEGMENT_KEY.fullmatch(key)
    if segment is not None:
        return SegmentPlace(segment[1], int(segment[2], 16), int(segment[3], 16))
    loose = _LOOSE_KEY.fullmatch(key)
    if loose is not None:
        return LoosePlace(loose[1], loose[2], bytes.fromhex(loose[3]))
    raise BlobMissing("the key was not made by this store")
