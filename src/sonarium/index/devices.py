"""The application entities that we may call."""

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.device import Device

ALL_DEVICES = sql_file("sonarium.index", "all_devices")
FIND_DEVICE = sql_file("sonarium.index", "find_device")
PUT_DEVICE = sql_file("sonarium.index", "put_device")
DELETE_DEVICE = sql_file("sonarium.index", "delete_device")


async def all_devices(tx: Transaction) -> list[Device]:
    """List every device by AE title."""
    return await tx.all(Device, ALL_DEVICES)


async def find_device(tx: Transaction, ae_title: str) -> Device | None:
    """Return the device of an AE title, if it is known."""
    return await tx.find(Device, FIND_DEVICE, ae_title=ae_title)


async def put_device(tx: Transaction, device: Device) -> None:
    """Add a device, or replace the one of this AE title."""
    await tx.execute(
        PUT_DEVICE,
        ae_title=device.ae_title,
        host=device.host,
        port=device.port,
        tls=device.tls,
        description=device.description,
    )


async def delete_device(tx: Transaction, ae_title: str) -> bool:
    """Forget a device; tell whether there was one."""
    return await tx.execute(DELETE_DEVICE, ae_title=ae_title) > 0
