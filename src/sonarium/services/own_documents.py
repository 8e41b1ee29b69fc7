"""Storing a document that we wrote ourselves, through the same door as every other object."""

from typing import Final

from sonarium.dicom.encode import encode_attributes
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.arrival import Door, Source
from sonarium.domain.attributes import Attributes
from sonarium.services.audit.acting import who_acts
from sonarium.services.store import Arrival, Placement, StoreService

_CHARACTER_SET: Final = "ISO_IR 192"


async def store_document(store: StoreService, document: Attributes) -> Placement:
    """Make a document durable and findable; the answer says how the index took it.

    Raises:
        StorageUnavailable, DatabaseUnavailable: the same document may be stored later.
    """
    data_set = encode_attributes(document, EXPLICIT_VR_LITTLE_ENDIAN, _CHARACTER_SET)
    actor = who_acts()
    source = Source(
        Door.WORKSTATION, address=actor.address, sender=actor.name, sender_kind=actor.kind
    )
    reception = store.receive(Arrival(EXPLICIT_VR_LITTLE_ENDIAN, source))
    waiting = reception.feed(data_set)
    if waiting is not None:
        await waiting
    stored = await reception.commit()
    return await stored.placed()
