"""Storage, [RAD-8]: take in one object, keep it as sent, acknowledge it when it is durable.

Faces use this module only: the errors they answer with are named here too.
"""

from collections.abc import Awaitable
from dataclasses import dataclass

from sonarium.base.errors import RequestError, SonariumError, UnavailableError
from sonarium.dicom.errors import MalformedDataSet, TruncatedDataSet
from sonarium.domain.arrival import Door, Source
from sonarium.storage.errors import OutOfSpace, StorageUnavailable

__all__ = [
    "Arrival",
    "DatabaseUnavailable",
    "Door",
    "InstanceUIDMismatch",
    "MalformedDataSet",
    "MissingIdentity",
    "OutOfSpace",
    "Reception",
    "SOPClassMismatch",
    "Source",
    "StorageUnavailable",
    "StoreService",
    "Stored",
    "TruncatedDataSet",
]


class SOPClassMismatch(RequestError):
    """SOP Class UID (0008,0016) is not the one announced: A900H (PS3.4 B.2.3)."""


class InstanceUIDMismatch(RequestError):
    """SOP Instance UID (0008,0018) is not the one announced: A900H (PS3.4 B.2.3)."""


class MissingIdentity(RequestError):
    """A UID that names the object, its series or its study is absent or unusable: C000H."""


class DatabaseUnavailable(UnavailableError):
    """The index is down and the queue before it is full: A700H, or 503."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is announced of an object before its data set; None: take it from the data set."""

    transfer_syntax_uid: str
    source: Source
    sop_class_uid: str | None = None
    sop_instance_uid: str | None = None


class Placement:  # replaced by sonarium.index.ingest.Placement
    """STORED, ALREADY_PRESENT or CONFLICT."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A durable object."""

    blob_key: str
    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str
    warnings: tuple[str, ...] = ()
    """Harmless departures from the standard; no patient data."""

    async def placed(self) -> Placement:
        """Wait until the index knows the object, and say how it took it."""
        raise NotImplementedError


class Reception:
    """One object being received; ends with exactly one `commit` or `abandon`."""

    @property
    def refusal(self) -> SonariumError | None:
        """Why `commit` is going to refuse, once that is certain; further bytes are ignored."""
        raise NotImplementedError

    def feed(self, chunk: bytes | memoryview) -> Awaitable[None] | None:
        """Take the next bytes of the data set; await the answer, if any, before the next call.

        `bytes` are kept without a copy, anything else is copied. Never refuses: what is
        wrong with the object is raised by `commit`, so a face reads on to the object's end.
        """
        raise NotImplementedError

    async def commit(self) -> Stored:
        """Return once the object is on stable storage.

        Raises:
            MalformedDataSet: not a data set, or more than we are willing to parse.
            SOPClassMismatch, InstanceUIDMismatch: not what was announced.
            MissingIdentity: a UID that we need is absent or unusable.
            OutOfSpace, StorageUnavailable, DatabaseUnavailable: the same object may work later.
        """
        raise NotImplementedError

    async def abandon(self) -> None:
        """Forget the object: the sender went away; allowed after `commit`, then without effect."""
        raise NotImplementedError


class StoreService:
    """Receives objects for every door."""

    def receive(self, arrival: Arrival) -> Reception:
        """Begin to receive one object."""
        raise NotImplementedError

    async def drained(self) -> None:
        """Wait until everything acknowledged so far by this process is indexed.

        The caller bounds the wait.
        """
        raise NotImplementedError
