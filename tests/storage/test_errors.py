"""Who must act on a storage error."""

from sonarium.base.errors import UnavailableError
from sonarium.storage.errors import BlobDamaged, BlobMissing, OutOfSpace, StorageUnavailable


def test_what_may_work_later_is_told_apart_from_what_is_lost() -> None:
    assert issubclass(OutOfSpace, StorageUnavailable)
    assert issubclass(StorageUnavailable, UnavailableError)
    assert not issubclass(BlobMissing, UnavailableError)
    assert not issubclass(BlobDamaged, UnavailableError)
