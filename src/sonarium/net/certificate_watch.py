"""Takes up renewed certificates while the doors stay open.

Whoever renews a certificate writes a file, now and then another; nobody tells us. So the files
are looked at every few seconds. Certificate and key are two files: between the two writes they do
not fit, and the old ones stay in use until they do.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from pathlib import Path

from sonarium.base.log import get_logger
from sonarium.net.tls import TLSUnusable

log = get_logger(__name__)

Stamp = tuple[tuple[int, int, int] | None, ...]


async def watch_certificates(
    files: Iterable[Path | None],
    take_up: Callable[[], Awaitable[None]],
    every: timedelta,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Call `take_up` after each change of the files until cancelled.

    `take_up` raises TLSUnusable where the files do not fit; it is called again then.
    """
    watched = [path for path in files if path is not None]
    taken = stamp_of(watched)
    refused: Stamp | None = None
    while True:
        await pause(every.total_seconds())
        now = stamp_of(watched)
        if now == taken:
            continue
        try:
            await take_up()
        except TLSUnusable as error:
            if now != refused:
                log.error("certificate_not_taken_up", reason=str(error))
            refused = now
        else:
            log.info("certificate_taken_up")
            taken = now


def stamp_of(files: Iterable[Path]) -> Stamp:
    """Tell files from later ones under the same names; links are followed."""
    return tuple(_stamp(path) for path in files)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
