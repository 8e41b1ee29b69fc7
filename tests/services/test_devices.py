from datetime import timedelta

import pytest
from tests.peers.loopback import Peer, listening

from sonarium.db.pool import Database
from sonarium.domain.device import Device
from sonarium.net.requestor import PeerUnreachable
from sonarium.net.settings import AssociationSettings, TLSSettings
from sonarium.services.devices import (
    DeviceService,
    InvalidDevice,
    UnknownDevice,
    check_device,
)

VIEWER = Device("VIEWER", "127.0.0.1", 11113, description="reading room")


@pytest.fixture
def devices(database: Database) -> DeviceService:
    settings = AssociationSettings(connect_timeout=timedelta(seconds=2))
    return DeviceService(database, settings, ae_title="SONARIUM")


async def test_devices_are_added_changed_listed_and_removed(devices: DeviceService) -> None:
    await devices.put(VIEWER)
    await devices.put(Device("ARCHIVE 2", "archive.example", 104))
    moved = Device("VIEWER", "127.0.0.2", 104, tls=True)
    await devices.put(moved)
    assert [device.ae_title for device in await devices.all()] == ["ARCHIVE 2", "VIEWER"]
    assert await devices.get(" VIEWER ") == moved
    await devices.remove("VIEWER")
    with pytest.raises(UnknownDevice):
        await devices.get("VIEWER")
    with pytest.raises(UnknownDevice):
        await devices.remove("VIEWER")


@pytest.mark.parametrize(
    "device",
    [
        Device("", "127.0.0.1", 104),
        Device(" ", "127.0.0.1", 104),
        Device("A" * 17, "127.0.0.1", 104),
        Device("BACK\\SLASH", "127.0.0.1", 104),
        Device("ÄRZTE", "127.0.0.1", 104),
        Device("VIEWER", "", 104),
        Device("VIEWER", "no host", 104),
        Device("VIEWER", "-flag", 104),
        Device("VIEWER", "127.0.0.1", 0),
        Device("VIEWER", "127.0.0.1", 65536),
    ],
)
def test_a_device_that_cannot_be_one_is_refused(device: Device) -> None:
    with pytest.raises(InvalidDevice):
        check_device(device)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "fe80::1%eth0", "pacs-1.example"])
def test_names_and_addresses_are_hosts(host: str) -> None:
    check_device(Device("VIEWER", host, 104))


async def test_a_device_over_tls_gets_our_certificate(database: Database) -> None:
    ours = TLSSettings()
    service = DeviceService(database, AssociationSettings(), ae_title="SONARIUM", tls=ours)
    assert service.address_of(VIEWER).tls is None
    assert service.address_of(Device("V", "127.0.0.1", 104, tls=True)).tls is ours


async def test_a_device_can_be_asked_whether_it_answers(devices: DeviceService) -> None:
    async with listening(Peer()) as address:
        await devices.put(Device("VIEWER", address.host, address.port))
        assert await devices.verify("VIEWER") == 0
    with pytest.raises(PeerUnreachable):
        await devices.verify("VIEWER")
    with pytest.raises(UnknownDevice):
        await devices.verify("NOBODY")
