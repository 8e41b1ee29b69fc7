"""The application entities that we know."""

from sonarium.db.transaction import Transaction
from sonarium.domain.device import Device


async def put_device(tx: Transaction, device: Device) -> None:
    """Add a device, or change the one that has its AE title."""
    raise NotImplementedError


async def all_devices(tx: Transaction) -> list[Device]:
    """List devices by AE title."""
    raise NotImplementedError


async def find_device(tx: Transaction, ae_title: str) -> Device | None:
    """Find a device by its AE title."""
    raise NotImplementedError


async def delete_device(tx: Transaction, ae_title: str) -> bool:
    """Forget a device; tell whether there was one."""
    raise NotImplementedError
