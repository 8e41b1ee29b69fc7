"""Decides whether a data set may be kept, and writes down what the index is told of it."""

import re
import struct
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sonarium.base.clock import utc_now
from sonarium.base.errors import RequestError
from sonarium.base.identifiers import is_usable_uid
from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.frames import pack_frames
from sonarium.dicom.header import Header, pack_header
from sonarium.dicom.level_attributes import (
    InstanceAttributes,
    patient_attributes,
    series_attributes,
    study_attributes,
)
from sonarium.dicom.scanner import ScannedDataSet
from sonarium.domain.arrival import Door, Source
from sonarium.domain.attributes import Attributes
from sonarium.index.ingest import NewInstance
from sonarium.storage.blob_store import StoredBlob

SOP_CLASS_UID: Final = 0x00080016
SOP_INSTANCE_UID: Final = 0x00080018
PATIENT_NAME: Final = 0x00100010
PATIENT_IDENTITY_REMOVED: Final = 0x00120062
PATIENT_ID: Final = 0x00100020
ISSUER_OF_PATIENT_ID: Final = 0x00100021
STUDY_INSTANCE_UID: Final = 0x0020000D
SERIES_INSTANCE_UID: Final = 0x0020000E
INSTANCE_NUMBER: Final = 0x00200013
NUMBER_OF_FRAMES: Final = 0x00280008

_UID_HEADS: Final = frozenset({b"UI", b""})
_PLAIN_UID: Final = re.compile(rb"[0-9][0-9.]{0,63}[\0 ]?")
_LARGEST_INTEGER: Final = 2**31 - 1
_SERIES_REMEMBERED: Final = 256


class SOPClassMismatch(RequestError):
    """SOP Class UID (0008,0016) is not the one announced: A900H (PS3.4 B.2.3)."""


class InstanceUIDMismatch(RequestError):
    """SOP Instance UID (0008,0018) is not the one announced: A900H (PS3.4 B.2.3)."""


class MissingIdentity(RequestError):
    """A UID that names the object, its series or its study is absent or unusable: C000H."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The UIDs under which an object is kept."""

    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str


def identity_of(
    header: Header, sop_class_uid: str | None = None, sop_instance_uid: str | None = None
) -> Identity:
    """Return the UIDs in a header, which must be the announced ones where those are given.

    Raises:
        SOPClassMismatch, InstanceUIDMismatch: they are not.
        MissingIdentity: one is absent or cannot serve as a key.
    """
    identity = Identity(
        sop_class_uid=_usable(header, SOP_CLASS_UID, "SOP Class UID (0008,0016)"),
        sop_instance_uid=_usable(header, SOP_INSTANCE_UID, "SOP Instance UID (0008,0018)"),
        series_instance_uid=_usable(header, SERIES_INSTANCE_UID, "Series Instance UID (0020,000E)"),
        study_instance_uid=_usable(header, STUDY_INSTANCE_UID, "Study Instance UID (0020,000D)"),
    )
    if sop_class_uid is not None and identity.sop_class_uid != sop_class_uid:
        raise SOPClassMismatch("SOP Class UID (0008,0016) is not the one announced")
    if sop_instance_uid is not None and identity.sop_instance_uid != sop_instance_uid:
        raise InstanceUIDMismatch("SOP Instance UID (0008,0018) is not the one announced")
    return identity


def _usable(header: Header, tag: int, name: str) -> str:
    encoded = header.encoded(tag)
    if encoded is not None and _PLAIN_UID.fullmatch(encoded[1]) and encoded[0] in _UID_HEADS:
        return encoded[1].rstrip(b"\0 ").decode("ascii")
    uid = header.text(tag)
    if not uid:
        raise MissingIdentity(f"{name} is missing")
    if not is_usable_uid(uid):
        raise MissingIdentity(f"{name} is not a UID")
    return uid


@dataclass(frozen=True, slots=True)
class _Levels:
    patient: Attributes
    study: Attributes
    series: Attributes


@dataclass(frozen=True, slots=True)
class Description:
    """All that the index is told of an object, but for its place."""

    identity: Identity
    transfer_syntax_uid: str
    instance_number: int | None
    number_of_frames: int
    patient: Attributes
    study: Attributes
    series: Attributes
    instance: Attributes
    packed_header: bytes
    packed_frames: bytes | None
    source: Source
    received_at: datetime

    def at(self, blob: StoredBlob) -> NewInstance:
        """Add the place."""
        return NewInstance(
            blob_key=blob.key,
            data_set_offset=blob.body_offset,
            data_set_length=blob.body_length,
            sha256=blob.body_sha256,
            sealed_by=blob.sealed_by,
            study_instance_uid=self.identity.study_instance_uid,
            series_instance_uid=self.identity.series_instance_uid,
            sop_instance_uid=self.identity.sop_instance_uid,
            sop_class_uid=self.identity.sop_class_uid,
            transfer_syntax_uid=self.transfer_syntax_uid,
            instance_number=self.instance_number,
            number_of_frames=self.number_of_frames,
            patient=self.patient,
            study=self.study,
            series=self.series,
            instance=self.instance,
            packed_header=self.packed_header,
            packed_frames=self.packed_frames,
            received_at=self.received_at,
            source=self.source,
        )


class Describer:
    """Describes objects; those of one series share what they say alike."""

    def __init__(self) -> None:
        self._levels: OrderedDict[tuple[str | bytes | None, ...], _Levels] = OrderedDict()
        self._instance_attributes = InstanceAttributes()

    def describe(
        self,
        identity: Identity,
        scanned: ScannedDataSet,
        header: Header,
        source: Source,
        received_at: datetime,
    ) -> Description:
        """Decode what the index wants to know of an object.

        Raises:
            MalformedDataSet: a value cannot be decoded.
        """
        try:
            levels = self._levels_of(identity, header)
            instance = self._instance_attributes.of(header)
        except (ArithmeticError, LookupError, ValueError, struct.error) as error:
            raise MalformedDataSet(f"a value cannot be decoded: {type(error).__name__}") from error
        frames = scanned.frames
        return Description(
            identity=identity,
            transfer_syntax_uid=scanned.transfer_syntax_uid,
            instance_number=_small_integer(header, INSTANCE_NUMBER),
            number_of_frames=_number_of_frames(scanned, header),
            patient=levels.patient,
            study=levels.study,
            series=levels.series,
            instance=instance,
            packed_header=pack_header(scanned),
            packed_frames=pack_frames(frames) if frames is not None else None,
            source=source,
            received_at=received_at,
        )

    def _levels_of(self, identity: Identity, header: Header) -> _Levels:
        # Of the patient everything counts that tells two apart, a clash must be seen; and
        # whether the object tells at all whose it is.
        key = (
            identity.series_instance_uid,
            identity.study_instance_uid,
            header.raw(PATIENT_ID),
            header.raw(ISSUER_OF_PATIENT_ID),
            header.raw(PATIENT_NAME),
            header.raw(PATIENT_IDENTITY_REMOVED),
        )
        levels = self._levels.get(key)
        if levels is not None:
            self._levels.move_to_end(key)
            return levels
        levels = _Levels(
            patient_attributes(header), study_attributes(header), series_attributes(header)
        )
        self._levels[key] = levels
        if len(self._levels) > _SERIES_REMEMBERED:
            self._levels.popitem(last=False)
        return levels


def _number_of_frames(scanned: ScannedDataSet, header: Header) -> int:
    counted = scanned.frames.count if scanned.frames is not None else 1
    return max(1, _small_integer(header, NUMBER_OF_FRAMES) or counted)


def _small_integer(header: Header, tag: int) -> int | None:
    number = header.integer(tag)
    return number if number is not None and abs(number) <= _LARGEST_INTEGER else None


def unreadable(blob: StoredBlob) -> NewInstance:
    """Describe a durable object of which nothing can be told, for the quarantine."""
    return NewInstance(
        blob_key=blob.key,
        data_set_offset=blob.body_offset,
        data_set_length=blob.body_length,
        sha256=blob.body_sha256,
        sealed_by=blob.sealed_by,
        study_instance_uid="",
        series_instance_uid="",
        sop_instance_uid="",
        sop_class_uid="",
        transfer_syntax_uid="",
        instance_number=None,
        number_of_frames=0,
        patient={},
        study={},
        series={},
        instance={},
        packed_header=b"",
        packed_frames=None,
        received_at=utc_now(),
        source=Source(Door.IMPORT),
    )
