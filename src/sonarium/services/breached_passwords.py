"""Passwords that thieves have, looked up without a network (NIST SP 800-63B, 3.1.1.2).

A list of ours ships: the digests of the long ones among the most common million. A site may add a
file of its own, such as Have I Been Pwned offers, which is searched on disk and never loaded.
"""

import hashlib
import mmap
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from sonarium.base.errors import UnavailableError

DIGEST_BYTES: Final = 6
"""Of SHA-1: of so few long passwords none is taken for another by chance (1 in 6,000,000,000)."""
SHORTEST: Final = 12
"""Shorter ones are refused in any case."""
_LINE: Final = re.compile(rb"([0-9A-Fa-f]{40})(:\d+)?\r?")


class BreachedListUnusable(UnavailableError):
    """The site's own list is not there, or is not such a list."""


def normalized(password: str) -> str:
    """Return a password as it is hashed and compared, whatever keyboard typed it (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def pack(passwords: Iterable[str]) -> bytes:
    """Return the shipped form of a list: sorted, shortened digests of the long ones in it."""
    long_ones = {
        _digest(one)[:DIGEST_BYTES]
        for password in passwords
        if len(one := normalized(password).lower()) >= SHORTEST
    }
    return b"".join(sorted(long_ones))


def is_common(password: str) -> bool:
    """Tell whether a password is on the list that ships, in capitals or not."""
    wanted = _digest(normalized(password).lower())[:DIGEST_BYTES]
    packed = _packed()
    at = bisect_left(
        range(len(packed) // DIGEST_BYTES),
        wanted,
        key=lambda number: packed[number * DIGEST_BYTES : (number + 1) * DIGEST_BYTES],
    )
    return packed[at * DIGEST_BYTES : (at + 1) * DIGEST_BYTES] == wanted


def is_listed(password: str, file: Path) -> bool:
    """Tell whether a site's own list has a password.

    Args:
        password: as typed.
        file: lines of SHA-1 in hexadecimal, sorted, each with or without `:count`.

    Raises:
        BreachedListUnusable: the file cannot be read, or has other lines.
    """
    wanted = _digest(normalized(password)).hex().upper().encode()
    try:
        with file.open("rb") as opened:
            if not file.stat().st_size:
                return False
            with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as lines:
                return _find(lines, wanted)
    except OSError as error:
        raise BreachedListUnusable(
            "the list of breached passwords cannot be read: the setting is sessions.breached_list"
        ) from error


def _find(lines: mmap.mmap, wanted: bytes) -> bool:
    """Halve the file until one line is left; lines may have different lengths."""
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        start = lines.rfind(b"\n", low, middle) + 1 or low
        end = lines.find(b"\n", middle, high)
        end = high if end < 0 else end
        match = _LINE.fullmatch(lines[start : min(end, start + 80)])
        if match is None:
            raise BreachedListUnusable(
                "the list of breached passwords has a line that is no SHA-1 digest: the setting "
                "is sessions.breached_list"
            )
        digest = match[1].upper()
        if digest == wanted:
            return True
        if digest < wanted:
            low = end + 1
        else:
            high = start
    return False


def _digest(text: str) -> bytes:
    return hashlib.sha1(text.encode(), usedforsecurity=False).digest()


@cache
def _packed() -> bytes:
    return (resources.files("sonarium.services") / "breached_passwords.bin").read_bytes()
