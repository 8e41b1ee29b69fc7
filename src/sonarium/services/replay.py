"""Brings into the index what earlier processes had acknowledged and not indexed yet.

Runs at every start. Volumes of writers that still live are theirs; settled volumes are
passed over, so a start costs little however large the archive is. Which volumes are settled
is known to the database itself: after a restore of an older one, those it had not seen are
read again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Final, Protocol

from sonarium.base.log import get_logger
from sonarium.dicom.errors import MalformedDataSet
from sonarium.index.ingest import NewInstance, Placement
from sonarium.services.acceptance import Describer, MissingIdentity, unreadable
from sonarium.services.indexing import InstanceIndex, place_isolating
from sonarium.services.stored_object import describe_again
from sonarium.storage.blob_store import BlobStore, StoredBlob
from sonarium.storage.errors import BlobDamaged, BlobMissing, KeyDestroyed
from sonarium.storage.recovery import Recovery

log = get_logger(__name__)

_AT_ONCE: Final = 200
"""Blobs that are brought into the index in one transaction."""


class ReplayScope(StrEnum):
    """Which volumes are looked at."""

    UNSETTLED = "unsettled"
    EVERYTHING = "everything"
    """Settled ones too: the index was lost, or is doubted."""


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What a replay found."""

    volumes: int = 0
    blobs: int = 0
    """Found whole or not, known or not."""
    indexed: int = 0
    set_aside: int = 0
    copies: int = 0
    """Of instances that the index had already; freed."""
    torn: int = 0
    """Not whole: never acknowledged, or damaged since."""
    leftovers: int = 0
    """Files removed that never became a blob."""

    def __add__(self, other: "ReplayReport") -> "ReplayReport":
        return ReplayReport(*map(sum, zip(astuple(self), astuple(other), strict=True)))


class JournalledStore(BlobStore, Protocol):
    """A store whose durable blobs are found again."""

    @property
    def recovery(self) -> Recovery:
        """What earlier processes left behind."""

    async def found(self, blob: StoredBlob) -> StoredBlob:
        """Tell of a blob that `recovery` found what was told when it was committed.

        Raises:
            BlobDamaged, BlobMissing: it cannot be read.
            KeyDestroyed: nothing opens it.
            UnavailableError: it may be read later.
        """


class ReplayIndex(InstanceIndex, Protocol):
    """What a replay needs of the index besides."""

    async def unknown(self, keys: Sequence[str]) -> list[str]:
        """Return the keys of blobs that the index does not know."""

    async def settled_volumes(self, volumes: Sequence[str]) -> set[str]:
        """Return those of some volumes that are settled."""


async def replay(
    blobs: JournalledStore,
    index: ReplayIndex,
    describer: Describer,
    scope: ReplayScope = ReplayScope.UNSETTLED,
) -> ReplayReport:
    """Index every durable blob that the index does not know; safe beside live writers.

    Raises:
        UnavailableError: the index went away; what was done stays done.
    """
    recovery = blobs.recovery
    async with _alone(recovery):
        found = await asyncio.to_thread(recovery.leftovers)
        settled: set[str] = set()
        if scope is ReplayScope.UNSETTLED:
            settled = await index.settled_volumes(found.volumes)
        report = ReplayReport()
        for volume in found.volumes:
            if volume not in settled:
                report += await _replay_volume(volume, blobs, index, describer)
        await asyncio.to_thread(recovery.remove_leases, found.leases)
    if report.volumes:
        log.info("replayed", count=report.indexed, failed=report.set_aside + report.torn)
    return report


@asynccontextmanager
async def _alone(recovery: Recovery) -> AsyncIterator[None]:
    with ExitStack() as stack:
        await asyncio.to_thread(stack.enter_context, recovery.alone())
        yield


async def _replay_volume(
    volume: str, blobs: JournalledStore, index: ReplayIndex, describer: Describer
) -> ReplayReport:
    recovery = blobs.recovery
    found = await asyncio.to_thread(recovery.blobs, volume)
    report = ReplayReport(volumes=1, blobs=len(found))
    is_done = True
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        unknown = set(await index.unknown([blob.key for blob in some]))
        arrivals: list[NewInstance] = []
        for blob in some:
            if blob.key not in unknown:
                continue
            if not await asyncio.to_thread(recovery.is_whole, blob):
                report += ReplayReport(torn=1)
                continue
            stored = blob
            try:
                stored = await blobs.found(blob)
                arrivals.append(await describe_again(blobs, stored, describer))
            except KeyDestroyed as error:
                # It may come back from a backup: the next start looks again.
                log.error("blob_does_not_open", blob=blob.key, reason=str(error))
                is_done = False
                report += ReplayReport(torn=1)
            except (BlobDamaged, BlobMissing):
                report += ReplayReport(torn=1)
            except (MalformedDataSet, MissingIdentity) as error:
                # It was taken once: by an older release, with other limits.
                await index.set_aside(unreadable(stored), f"cannot be read: {error}")
                report += ReplayReport(set_aside=1)
        placements = await place_isolating(index, arrivals) if arrivals else []
        copies = [
            arrival
            for arrival, placement in zip(arrivals, placements, strict=True)
            if placement is Placement.ALREADY_PRESENT
        ]
        if copies:
            await blobs.delete(await index.mend(copies))
        is_done = is_done and None not in placements
        report += ReplayReport(
            indexed=placements.count(Placement.STORED),
            set_aside=placements.count(Placement.CONFLICT),
            copies=len(copies),
        )
    removed = await asyncio.to_thread(recovery.tidy, volume)
    if is_done:
        await index.settle_volumes([volume])
    return report + ReplayReport(leftovers=removed)
