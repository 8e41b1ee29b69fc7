import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from sonarium.db.pool import Database
from sonarium.domain.device import Caller, Device, DevicePermission, Knock, UnknownCallers
from sonarium.net.settings import AssociationSettings
from sonarium.services.callers import (
    CallerRefused,
    CallerService,
    DestinationRefused,
    DevicesUnread,
)
from sonarium.services.devices import DeviceService

STORE = (DevicePermission.STORE,)
SCANNER = Device("SCANNER", "192.0.2.7", 104, may=STORE)
CERTIFICATE = "5e" * 32
PATIENCE_S = 10.0


@pytest.fixture
def callers(database: Database) -> CallerService:
    return CallerService(database, UnknownCallers.REFUSED)


@pytest.fixture
def devices(database: Database) -> DeviceService:
    return DeviceService(database, AssociationSettings(), ae_title="SONARIUM")


@pytest.fixture
async def following(callers: CallerService) -> AsyncIterator[CallerService]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(callers.run())
        yield callers
        task.cancel()


def is_let_in(callers: CallerService, caller: Caller) -> bool:
    try:
        callers.permissions_of(caller)
    except (CallerRefused, DevicesUnread):
        return False
    return True


async def knocks_of(devices: DeviceService) -> list[Knock]:
    async with asyncio.timeout(PATIENCE_S):
        while not (knocks := await devices.knocks()):
            await asyncio.sleep(0.02)
    return knocks


async def test_a_device_is_known_by_title_and_address_together(
    callers: CallerService, devices: DeviceService
) -> None:
    await devices.put(SCANNER)
    await callers.read()
    assert callers.permissions_of(Caller("SCANNER", "192.0.2.7")) == {DevicePermission.STORE}
    assert not is_let_in(callers, Caller("SCANNER", "192.0.2.8"))
    assert not is_let_in(callers, Caller("OTHER", "192.0.2.7"))


async def test_a_device_may_call_from_a_network_and_no_longer_from_its_host(
    callers: CallerService, devices: DeviceService
) -> None:
    networks = ("10.1.0.0/16", "2001:db8::/32")
    await devices.put(Device("CART", "192.0.2.7", 104, calls_from=networks))
    await callers.read()
    assert is_let_in(callers, Caller("CART", "10.1.2.3"))
    assert is_let_in(callers, Caller("CART", "2001:db8::7"))
    assert not is_let_in(callers, Caller("CART", "192.0.2.7"))


async def test_a_device_with_a_certificate_is_known_by_no_other(
    callers: CallerService, devices: DeviceService
) -> None:
    await devices.put(Device("CART", "192.0.2.7", 104, certificate=CERTIFICATE))
    await callers.read()
    assert is_let_in(callers, Caller("CART", "192.0.2.7", CERTIFICATE))
    assert not is_let_in(callers, Caller("CART", "192.0.2.7", "00" * 32))
    assert not is_let_in(callers, Caller("CART", "192.0.2.7"))


async def test_a_host_name_stands_for_its_addresses(
    callers: CallerService, devices: DeviceService
) -> None:
    await devices.put(Device("CART", "localhost", 104))
    await devices.put(Device("LOST", "no-such-host.invalid", 104))
    await callers.read()
    assert is_let_in(callers, Caller("CART", "127.0.0.1"))
    assert not is_let_in(callers, Caller("LOST", "127.0.0.1"))


async def test_nobody_is_judged_before_the_devices_were_read(callers: CallerService) -> None:
    with pytest.raises(DevicesUnread):
        callers.permissions_of(Caller("SCANNER", "192.0.2.7"))


async def test_everybody_may_do_everything_where_the_setting_says_so(database: Database) -> None:
    callers = CallerService(database, UnknownCallers.ACCEPTED)
    assert callers.permissions_of(Caller("ANY", "192.0.2.1")) == set(DevicePermission)
    callers.check_destination("ANY", "OTHER")


async def test_only_a_device_that_may_sends_elsewhere(
    callers: CallerService, devices: DeviceService
) -> None:
    await devices.put(Device("READER", "192.0.2.7", 104, may=(DevicePermission.RETRIEVE,)))
    await devices.put(Device("ROUTER", "192.0.2.8", 104, may=(DevicePermission.MOVE,)))
    await callers.read()
    callers.check_destination("READER", "READER")
    callers.check_destination("ROUTER", "READER")
    for stranger in ("READER", "NOBODY"):
        with pytest.raises(DestinationRefused):
            callers.check_destination(stranger, "ROUTER")


async def test_a_device_is_let_in_as_soon_as_it_is_added_and_shut_out_when_removed(
    following: CallerService, devices: DeviceService
) -> None:
    caller = Caller("SCANNER", "192.0.2.7")
    async with asyncio.timeout(PATIENCE_S):
        await devices.put(SCANNER)
        while not is_let_in(following, caller):
            await asyncio.sleep(0.02)
        await devices.remove("SCANNER")
        while is_let_in(following, caller):
            await asyncio.sleep(0.02)


async def test_who_is_refused_is_noted_until_it_is_known(
    following: CallerService, devices: DeviceService
) -> None:
    await following.read()
    for _ in range(3):
        assert not is_let_in(following, Caller("SCANNER", "192.0.2.7", CERTIFICATE))
    [knock] = await knocks_of(devices)
    assert (knock.ae_title, knock.address, knock.times) == ("SCANNER", "192.0.2.7", 3)
    assert knock.certificate == CERTIFICATE
    assert knock.last_at - knock.first_at < timedelta(minutes=1)
    await devices.put(SCANNER)
    assert await devices.knocks() == []
