"""What a person decides about objects set aside."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from tests.services.data_sets import EXPLICIT, still

from sonarium.base.clock import utc_now
from sonarium.db.pool import Database
from sonarium.domain.access import SYSTEM
from sonarium.domain.arrival import Door, Source
from sonarium.domain.selection import Selection
from sonarium.index.audit_search import AuditSearch, search_audit
from sonarium.index.blobs import doomed_blobs
from sonarium.index.study_list import archive_counts
from sonarium.services.access import AccessService
from sonarium.services.quarantine import QuarantineRefused, QuarantineService
from sonarium.services.retrieve import RetrieveService
from sonarium.services.store import Arrival, Placement, StoreService, StoreSettings
from sonarium.storage.memory import MemoryBlobStore

CART = Source(Door.DIMSE, "CART1", "SONARIUM", "192.0.2.7")
FIRST, SECOND = b"\x11" * 64, b"\x22" * 128
STUDY = Selection("2.25.10001")


class Quarantine:
    """An archive in which one instance came twice, with different pixels."""

    def __init__(self, database: Database, blobs: MemoryBlobStore, store: StoreService) -> None:
        self.database = database
        self.blobs = blobs
        self.store = store
        self.service = QuarantineService(database, blobs)

    async def send(self, pixels: bytes, *, study: int = 1, series: int = 1) -> Placement:
        reception = self.store.receive(Arrival(EXPLICIT, CART))
        reception.feed(still(1, pixels=pixels, study=study, series=series))
        return await (await reception.commit()).placed()

    async def served(self) -> bytes:
        retrieve = RetrieveService(AccessService(self.database), self.blobs)
        [row] = await retrieve.instances(SYSTEM, STUDY)
        return bytes(await retrieve.part10(row))

    async def number(self) -> int:
        [one] = await self.service.list(limit=10)
        return one.quarantine_ref


@pytest.fixture
async def quarantine(database: Database) -> AsyncIterator[Quarantine]:
    blobs = MemoryBlobStore()
    async with StoreService(database, blobs, StoreSettings(gathering=timedelta(0))) as store:
        made = Quarantine(database, blobs, store)
        assert await made.send(FIRST) is Placement.STORED
        yield made


async def test_the_second_object_is_listed_with_where_it_came_from(quarantine: Quarantine) -> None:
    assert await quarantine.send(SECOND) is Placement.CONFLICT
    [one] = await quarantine.service.list(limit=10)
    assert one.has_rival
    assert one.source["calling_ae_title"] == "CART1"
    assert one.discarded_at is None
    assert await quarantine.service.list(limit=10, before=one.quarantine_ref) == []


async def test_an_exchange_serves_the_other_object_and_a_second_one_takes_it_back(
    quarantine: Quarantine,
) -> None:
    await quarantine.send(SECOND)
    number = await quarantine.number()
    before = await quarantine.served()
    await quarantine.service.exchange(number)
    assert SECOND in await quarantine.served()
    async with quarantine.database.transaction() as tx:
        counts = await archive_counts(tx)
    assert (counts.instances, counts.quarantined) == (1, 1)
    assert counts.stored_bytes == len(still(1, pixels=SECOND))
    assert await quarantine.number() == number
    await quarantine.service.exchange(number)
    assert await quarantine.served() == before


async def test_an_object_of_another_study_is_not_exchanged(quarantine: Quarantine) -> None:
    await quarantine.send(SECOND, study=2)
    with pytest.raises(QuarantineRefused, match="same study"):
        await quarantine.service.exchange(await quarantine.number())
    assert FIRST in await quarantine.served()


async def test_bytes_that_cannot_be_read_any_more_are_not_served(quarantine: Quarantine) -> None:
    await quarantine.send(SECOND)
    [one] = await quarantine.service.list(limit=10)
    await quarantine.blobs.delete([one.blob_key])
    with pytest.raises(QuarantineRefused, match="damaged"):
        await quarantine.service.exchange(one.quarantine_ref)
    assert FIRST in await quarantine.served()


async def test_an_object_leaves_as_a_file(quarantine: Quarantine) -> None:
    await quarantine.send(SECOND)
    pieces = [piece async for piece in quarantine.service.iter_file(await quarantine.number())]
    content = b"".join(pieces)
    assert content[128:132] == b"DICM"
    assert content.endswith(still(1, pixels=SECOND))
    async with quarantine.database.transaction() as tx:
        [noted, *_] = await search_audit(tx, AuditSearch(), None, 1)
    assert noted.event.reason == "read as a file"
    with pytest.raises(QuarantineRefused):
        await anext(quarantine.service.iter_file(99))


async def test_what_is_discarded_can_be_brought_back(quarantine: Quarantine) -> None:
    await quarantine.send(SECOND)
    number = await quarantine.number()
    await quarantine.service.discard(number, "root")
    [one] = await quarantine.service.list(limit=10)
    assert one.discarded_by == "root"
    with pytest.raises(QuarantineRefused):
        await quarantine.service.discard(number, "root")
    with pytest.raises(QuarantineRefused):
        await quarantine.service.exchange(number)
    await quarantine.service.restore(number)
    [one] = await quarantine.service.list(limit=10)
    assert one.discarded_at is None
    with pytest.raises(QuarantineRefused):
        await quarantine.service.restore(number)


async def test_the_same_object_sent_again_after_it_was_discarded_waits_again(
    quarantine: Quarantine,
) -> None:
    await quarantine.send(SECOND)
    assert await quarantine.send(SECOND) is Placement.ALREADY_PRESENT
    await quarantine.service.discard(await quarantine.number(), "root")
    assert await quarantine.send(SECOND) is Placement.CONFLICT
    waiting = [one for one in await quarantine.service.list(limit=10) if not one.discarded_at]
    assert len(waiting) == 1


async def test_bytes_go_only_when_nobody_can_want_them_back(quarantine: Quarantine) -> None:
    await quarantine.send(SECOND)
    [one] = await quarantine.service.list(limit=10)
    await quarantine.service.discard(one.quarantine_ref, "root")
    assert await quarantine.service.purge() == 0
    later = QuarantineService(
        quarantine.database, quarantine.blobs, clock=lambda: utc_now() + timedelta(days=31)
    )
    assert await later.purge() == 1
    async with quarantine.database.transaction() as tx:
        assert await doomed_blobs(tx, 10) == [one.blob_key]
    assert await quarantine.service.list(limit=10) == []
