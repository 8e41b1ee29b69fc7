"""The application entities that we know, and the unknown ones that knocked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.device import Caller, Device, DevicePermission, Knock
from sonarium.index.folding import fold

DEVICES_CHANGED: Final = "sonarium_device"
"""The channel; told as a change of the devices commits."""

ALL_DEVICES = sql_file("sonarium.index", "all_devices")
FIND_DEVICE = sql_file("sonarium.index", "find_device")
PUT_DEVICE = sql_file("sonarium.index", "put_device")
DELETE_DEVICE = sql_file("sonarium.index", "delete_device")
TELL_DEVICES_CHANGED = sql_file("sonarium.index", "tell_devices_changed")
PUT_KNOCK = sql_file("sonarium.index", "put_knock")
ALL_KNOCKS = sql_file("sonarium.index", "all_knocks")
FORGET_KNOCKS = sql_file("sonarium.index", "forget_knocks")

_MOST_KNOCKS: Final = 1000


@dataclass(frozen=True, slots=True)
class _DeviceRow:
    ae_title: str
    host: str
    port: int
    tls: bool
    description: str
    may: list[str]
    calls_from: list[str]
    certificate: str
    departments: list[str]
    department: str

    def device(self) -> Device:
        """Return the device, with permissions as we know them."""
        return Device(
            self.ae_title,
            self.host,
            self.port,
            self.tls,
            self.description,
            tuple(map(DevicePermission, self.may)),
            tuple(self.calls_from),
            self.certificate,
            tuple(self.departments),
            self.department,
        )


async def all_devices(tx: Transaction) -> list[Device]:
    """List every device by AE title."""
    return [row.device() for row in await tx.all(_DeviceRow, ALL_DEVICES)]


async def find_device(tx: Transaction, ae_title: str) -> Device | None:
    """Return the device of an AE title, if it is known."""
    row = await tx.find(_DeviceRow, FIND_DEVICE, ae_title=ae_title)
    return None if row is None else row.device()


async def put_device(tx: Transaction, device: Device) -> None:
    """Add a device, or replace the one of this AE title, which then has not knocked."""
    await tx.execute(
        PUT_DEVICE,
        ae_title=device.ae_title,
        host=device.host,
        port=device.port,
        tls=device.tls,
        description=device.description,
        may=[permission.value for permission in device.may],
        calls_from=list(device.calls_from),
        certificate=device.certificate,
        departments=list(device.departments),
        department=device.department,
        department_folded=fold(device.department),
    )
    await tx.execute(FORGET_KNOCKS, ae_title=device.ae_title)
    await tx.execute(TELL_DEVICES_CHANGED, channel=DEVICES_CHANGED)


async def delete_device(tx: Transaction, ae_title: str) -> bool:
    """Forget a device; tell whether there was one."""
    was_known = await tx.execute(DELETE_DEVICE, ae_title=ae_title) > 0
    await tx.execute(TELL_DEVICES_CHANGED, channel=DEVICES_CHANGED)
    return was_known


async def put_knocks(tx: Transaction, knocks: Sequence[tuple[Caller, int]]) -> None:
    """Note refused callers, each with how often."""
    for caller, times in knocks:
        await tx.execute(
            PUT_KNOCK,
            ae_title=caller.ae_title,
            address=caller.address,
            certificate=caller.certificate,
            times=times,
            most=_MOST_KNOCKS,
        )


async def all_knocks(tx: Transaction) -> list[Knock]:
    """List refused callers, the latest first."""
    return await tx.all(Knock, ALL_KNOCKS)
