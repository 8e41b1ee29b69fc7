"""Which blobs the index refers to, and which ones nobody needs any more."""

from collections.abc import Sequence

from sonarium.db.transaction import Transaction


async def unknown_blobs(tx: Transaction, blob_keys: Sequence[str]) -> list[str]:
    """Return those of `blob_keys` that the index has never heard of, in their order.

    Blobs of instances, of quarantined arrivals and discarded ones are known.
    """
    raise NotImplementedError


async def discarded_blobs(tx: Transaction, limit: int = 1000) -> list[str]:
    """List blobs whose bytes can be deleted: nothing refers to them."""
    raise NotImplementedError


async def forget_discarded(tx: Transaction, blob_keys: Sequence[str]) -> None:
    """Note that the bytes of discarded blobs are gone, durably."""
    raise NotImplementedError
