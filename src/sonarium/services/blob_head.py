"""What we put in front of each data set: a Part 10 head that tells where it came from.

With it the whole index can be made anew from the blobs alone. Source, calling and called AE
titles have elements of their own (PS3.10 7.1); the rest is in Private Information.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from sonarium.base.identifiers import IMPLEMENTATION_CLASS_UID
from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.part10 import file_meta, split_part10
from sonarium.domain.arrival import Door, Source
from sonarium.domain.audit import ActorKind


@dataclass(frozen=True, slots=True)
class BlobHead:
    """The head of one blob."""

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    source: Source
    received_at: datetime


_CREATOR_UID: Final = IMPLEMENTATION_CLASS_UID
_DOOR: Final = "door"
_ADDRESS: Final = "address"
_SENDER: Final = "sender"
_SENDER_KIND: Final = "sender_kind"
_DEPARTMENT: Final = "department"
_RECEIVED_AT: Final = "received_at"


def write_blob_head(head: BlobHead, length: int | None = None) -> bytes:
    """Write a head, padded with spaces inside Private Information to `length` where given."""
    private = orjson.dumps(
        {
            _DOOR: head.source.door,
            _ADDRESS: head.source.address,
            _SENDER: head.source.sender,
            _SENDER_KIND: head.source.sender_kind,
            _DEPARTMENT: head.source.department,
            _RECEIVED_AT: head.received_at.isoformat(),
        }
    )
    private = private.ljust(len(private) + len(private) % 2)
    written = _file_meta(head, private)
    if length is None or len(written) == length:
        return written
    return _file_meta(head, private.ljust(len(private) + length - len(written)))


def _file_meta(head: BlobHead, private_information: bytes) -> bytes:
    return file_meta(
        sop_class_uid=head.sop_class_uid,
        sop_instance_uid=head.sop_instance_uid,
        transfer_syntax_uid=head.transfer_syntax_uid,
        source_ae_title=head.source.calling_ae_title,
        sending_ae_title=head.source.calling_ae_title,
        receiving_ae_title=head.source.called_ae_title,
        private_information_creator_uid=_CREATOR_UID,
        private_information=private_information,
    )


def read_blob_head(head: bytes) -> BlobHead:
    """Read what `write_blob_head` wrote.

    Raises:
        MalformedDataSet: we did not write it.
    """
    meta = split_part10(head).meta
    try:
        private = orjson.loads(meta.private_information)
        door = Door(private[_DOOR])
        address = str(private[_ADDRESS])
        sender = str(private.get(_SENDER, ""))
        sender_kind = ActorKind(private.get(_SENDER_KIND, ActorKind.UNKNOWN))
        department = str(private.get(_DEPARTMENT, ""))
        received_at = datetime.fromisoformat(private[_RECEIVED_AT])
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedDataSet("the head of the blob is not ours") from error
    return BlobHead(
        sop_class_uid=meta.media_storage_sop_class_uid,
        sop_instance_uid=meta.media_storage_sop_instance_uid,
        transfer_syntax_uid=meta.transfer_syntax_uid,
        source=Source(
            door=door,
            calling_ae_title=meta.sending_ae_title,
            called_ae_title=meta.receiving_ae_title,
            address=address,
            sender=sender,
            sender_kind=sender_kind,
            department=department,
        ),
        received_at=received_at,
    )
