"""Which device calls, and what it may ask: decided in memory while an association is asked for.

The devices are read again whenever they change. An AE title alone proves nothing, so a caller
is a device only when its address, and its certificate where the device has one, fit as well.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

from sonarium.base.errors import RequestError, UnavailableError
from sonarium.base.log import get_logger
from sonarium.db.pool import Database
from sonarium.domain.access import Viewer, device_viewer
from sonarium.domain.audit import Actor, ActorKind, EventType, Subject, SubjectKind
from sonarium.domain.device import Caller, Device, DevicePermission, UnknownCallers
from sonarium.index import devices as rows
from sonarium.services.audit.refusals import Refusals

log = get_logger(__name__)

_Network: TypeAlias = IPv4Network | IPv6Network
_EVERYTHING: Final = frozenset(DevicePermission)
_NAME_LOOKUP_S: Final = 2.0
_KNOCKS_TOGETHER_S: Final = 1.0
_MOST_KNOCKS_WAITING: Final = 256


class CallerRefused(RequestError):
    """No device is known by this AE title, address and certificate."""


class DestinationRefused(RequestError):
    """The device may retrieve to itself alone."""


class DevicesUnread(UnavailableError):
    """The devices have not been read yet."""


@dataclass(frozen=True, slots=True)
class _KnownDevice:
    device: Device
    networks: tuple[_Network, ...]

    def is_called_by(self, caller: Caller) -> bool:
        """Tell whether a caller of this AE title is this device."""
        address = ip_address(caller.address)
        wanted = self.device.certificate
        return (not wanted or wanted == caller.certificate) and any(
            address in network for network in self.networks
        )


class CallerService:
    """Knows the devices, and notes who else knocks.

    Args:
        database: where the devices are.
        unknown: what happens to callers that are no device.
    """

    def __init__(self, database: Database, unknown: UnknownCallers) -> None:
        self._database = database
        self._unknown = unknown
        self._known: dict[str, _KnownDevice] | None = None
        self._knocks: Counter[Caller] = Counter()
        self._knocked = asyncio.Event()
        self._refusals = Refusals(database)

    def permissions_of(self, caller: Caller) -> frozenset[DevicePermission]:
        """Return what a caller may ask.

        Raises:
            CallerRefused: it is no device; it is noted as one that knocked.
            DevicesUnread: nobody can say yet.
        """
        if self._unknown is UnknownCallers.ACCEPTED:
            return _EVERYTHING
        if self._known is None:
            raise DevicesUnread("the devices have not been read yet; try again")
        known = self._known.get(caller.ae_title)
        if known is not None and known.is_called_by(caller):
            return frozenset(known.device.may)
        if caller in self._knocks or len(self._knocks) < _MOST_KNOCKS_WAITING:
            self._knocks[caller] += 1
            self._knocked.set()
        reason = "no device is known by this AE title, address and certificate"
        self.note_refusal(caller, reason)
        raise CallerRefused(reason)

    def note_refusal(self, caller: Caller, reason: str, *, is_known: bool = False) -> None:
        """Take a refusal into the audit trail, within a second."""
        kind = ActorKind.DEVICE if is_known else ActorKind.UNKNOWN
        self._refusals.count(
            Actor(kind, caller.ae_title, caller.address),
            EventType.NODE_AUTHENTICATION,
            Subject(
                SubjectKind.DEVICE, caller.ae_title, details=(("certificate", caller.certificate),)
            ),
            reason,
        )

    def viewer_of(self, ae_title: str, address: str) -> Viewer:
        """Return which studies a caller that was let in sees; none where it is a device no more."""
        known = (self._known or {}).get(ae_title)
        if known is not None:
            return device_viewer(ae_title, known.device.departments, address)
        if self._unknown is UnknownCallers.ACCEPTED:
            return device_viewer(ae_title, address=address)
        return device_viewer(ae_title, (), address)

    def check_destination(self, calling_ae_title: str, destination: str) -> None:
        """Refuse a C-MOVE to another device by one that may retrieve to itself alone.

        Raises:
            DestinationRefused: it may not.
        """
        if self._unknown is UnknownCallers.ACCEPTED or calling_ae_title == destination:
            return
        known = (self._known or {}).get(calling_ae_title)
        if known is None or DevicePermission.MOVE not in known.device.may:
            raise DestinationRefused("this device may retrieve to itself alone")

    async def read(self) -> None:
        """Read the devices.

        Raises:
            DatabaseUnavailable: what was read before stays.
        """
        async with self._database.transaction() as tx:
            devices = await rows.all_devices(tx)
        networks = await asyncio.gather(*map(_networks_of, devices))
        self._known = {
            device.ae_title: _KnownDevice(device, found)
            for device, found in zip(devices, networks, strict=True)
        }

    async def run(self) -> None:
        """Follow changes of the devices and write down knocks, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            tasks.create_task(self._write_knocks())
            tasks.create_task(self._refusals.run())

    async def _follow(self) -> None:
        async with aclosing(self._database.listen(rows.DEVICES_CHANGED)) as notices:
            async for _ in notices:
                try:
                    await self.read()
                except UnavailableError:
                    log.warning("devices_not_read")  # the channel speaks again after an outage

    async def _write_knocks(self) -> None:
        while True:
            await self._knocked.wait()
            await asyncio.sleep(_KNOCKS_TOGETHER_S)
            self._knocked.clear()
            knocks, self._knocks = self._knocks, Counter()
            try:
                async with self._database.transaction() as tx:
                    await rows.put_knocks(tx, list(knocks.items()))
            except UnavailableError:
                log.warning("knocks_not_noted", number=knocks.total())


async def _networks_of(device: Device) -> tuple[_Network, ...]:
    """Return where a device may call from; a host name counts as what it means now."""
    if device.calls_from:
        return tuple(ip_network(text, strict=False) for text in device.calls_from)
    try:
        return (ip_network(device.host),)
    except ValueError:
        return tuple(map(ip_network, await _addresses_of(device.host)))


async def _addresses_of(host: str) -> Iterable[str]:
    try:
        async with asyncio.timeout(_NAME_LOOKUP_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, TimeoutError):
        log.warning("device_host_not_found")
        return ()
    return {str(address[0]).partition("%")[0] for *_, address in found}
