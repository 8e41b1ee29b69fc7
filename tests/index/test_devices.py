"""The application entities that we may call."""

from sonarium.db.pool import Database
from sonarium.domain.device import Device
from sonarium.index.devices import all_devices, delete_device, find_device, put_device

ONE = Device("SCANNER", "10.0.0.1", 104)


async def test_a_device_is_added_replaced_and_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        assert await find_device(tx, "SCANNER") is None
        await put_device(tx, ONE)
        await put_device(tx, Device("ARCHIVE", "10.0.0.2", 11112, tls=True))
        assert [device.ae_title for device in await all_devices(tx)] == ["ARCHIVE", "SCANNER"]
        await put_device(tx, Device("SCANNER", "10.0.0.9", 105))
        found = await find_device(tx, "SCANNER")
        assert found is not None
        assert (found.host, found.port) == ("10.0.0.9", 105)
        assert await delete_device(tx, "SCANNER")
        assert not await delete_device(tx, "SCANNER")
