"""Fills an archive with objects of our own making, through the same door as every other."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from sonarium.domain.arrival import Door, Source
from sonarium.services.store import Arrival, StoreService
from sonarium.ultrasound.synthetic.objects import SyntheticObject

_SOURCE = Source(Door.IMPORT, calling_ae_title="SYNTHETIC")


async def fill(
    store: StoreService, objects: Iterator[SyntheticObject]
) -> AsyncIterator[SyntheticObject]:
    """Store objects one after the other as they are made; yields each once it is durable."""
    while (made := await asyncio.to_thread(next, objects, None)) is not None:
        reception = store.receive(
            Arrival(made.transfer_syntax_uid, _SOURCE, made.sop_class_uid, made.sop_instance_uid)
        )
        waiting = reception.feed(made.data_set)
        if waiting is not None:
            await waiting
        await reception.commit()
        yield made
    await store.drained()
