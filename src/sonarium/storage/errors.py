"""What can go wrong with stored bytes."""

from sonarium.base.errors import RequestError, SonariumError, UnavailableError


class StorageUnavailable(UnavailableError):
    """Nothing can be made durable at present; the store probes until it can again."""


class OutOfSpace(StorageUnavailable):
    """Free space is at its reserve; nothing of the object was kept."""


class BlobMissing(SonariumError):
    """The blob is not there, or was deleted."""


class KeyDestroyed(BlobMissing):
    """The bytes may be there; the key that opens them is destroyed, or nowhere."""


class BlobDamaged(SonariumError):
    """The stored bytes are not those that were written."""


class KeysMissing(StorageUnavailable):
    """A key that is needed is not in the key room; the message says how to bring it back."""


class KeysDamaged(StorageUnavailable):
    """A key cannot be read, or opens not what it should; the message says what to do."""


class KitMisread(RequestError):
    """What was typed from a recovery kit is not a key."""
