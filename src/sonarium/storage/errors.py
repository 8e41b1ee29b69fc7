"""What can go wrong with stored bytes."""

from sonarium.base.errors import SonariumError, UnavailableError


class StorageUnavailable(UnavailableError):
    """Nothing can be made durable at present; the store probes until it can again."""


class OutOfSpace(StorageUnavailable):
    """Free space is at its reserve; nothing of the object was kept."""


class BlobMissing(SonariumError):
    """The blob is not there, or was deleted."""


class BlobDamaged(SonariumError):
    """The stored bytes are not those that were written."""
