"""A stored blob, read again as when it arrived."""

from datetime import timedelta

from tests.services.data_sets import EXPLICIT, instance_uid, still

from sonarium.db.pool import Database
from sonarium.domain.arrival import Door, Source
from sonarium.services.acceptance import Describer
from sonarium.services.store import Arrival, StoreService, StoreSettings
from sonarium.services.stored_object import describe_again, find_body
from sonarium.storage.memory import MemoryBlobStore


async def test_key_and_digest_are_enough_to_describe_an_object(database: Database) -> None:
    blobs = MemoryBlobStore()
    source = Source(Door.STOW, address="192.0.2.7")
    async with StoreService(database, blobs, StoreSettings(gathering=timedelta(0))) as store:
        reception = store.receive(Arrival(EXPLICIT, source))
        reception.feed(still(1))
        stored = await reception.commit()
    blob = await find_body(blobs, stored.blob_key, stored.sha256)
    assert blob.body_length == len(still(1))
    again = await describe_again(blobs, blob, Describer())
    assert again.sop_instance_uid == instance_uid(1)
    assert again.source == source
    assert again.data_set_offset == blob.body_offset
    assert again.sha256 == stored.sha256
