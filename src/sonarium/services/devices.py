"""The application entities that we know: where each is reached, and what it may ask of us."""

import re
from ipaddress import ip_network
from typing import Final

from sonarium.base.errors import RequestError
from sonarium.db.pool import Database
from sonarium.domain.audit import Action, EventType, Subject, SubjectKind
from sonarium.domain.device import Device, Knock
from sonarium.index import devices as rows
from sonarium.net.requestor import PeerAddress
from sonarium.net.settings import AssociationSettings, TLSSettings
from sonarium.peers.echo import echo
from sonarium.services.audit.trail import note, security_alert
from sonarium.services.grants import check_departments, check_own_department

_AE_TITLE: Final = re.compile(r"[\x20-\x5b\x5d-\x7e]{1,16}", re.ASCII)
_CERTIFICATE: Final = re.compile(r"([0-9a-f]{64})?", re.ASCII)
_HOST: Final = re.compile(r"[0-9A-Za-z:][0-9A-Za-z.:%_-]{0,252}", re.ASCII)


class UnknownDevice(RequestError):
    """No device is known by this AE title."""


class InvalidDevice(RequestError):
    """A device that cannot be one; the message says what is wrong."""


class DeviceService:
    """Adds, finds and removes devices."""

    def __init__(
        self,
        database: Database,
        association: AssociationSettings,
        *,
        ae_title: str,
        tls: TLSSettings | None = None,
    ) -> None:
        """Take `tls`: our certificate, and whom we trust, for devices reached over TLS."""
        self._database = database
        self._association = association
        self._ae_title = ae_title
        self._tls = tls

    async def put(self, device: Device) -> None:
        """Add a device, or change the one that has this AE title.

        Raises:
            InvalidDevice: its AE title, host, port, a network or its certificate cannot be one.
        """
        check_device(device)
        async with self._database.transaction() as tx:
            await rows.put_device(tx, device)
            subject = Subject(
                SubjectKind.DEVICE,
                device.ae_title,
                device.description,
                details=(
                    ("may", " ".join(device.may)),
                    ("reached at", f"{device.host}:{device.port}{' TLS' if device.tls else ''}"),
                    ("calls from", " ".join(device.calls_from) or device.host),
                    ("certificate", device.certificate),
                    ("sees", ", ".join(device.departments)),
                    ("is of", device.department),
                ),
            )
            await note(
                tx,
                security_alert(EventType.NETWORK_CONFIGURATION, subject, action=Action.UPDATE),
            )

    async def all(self) -> list[Device]:
        """List all devices by AE title."""
        async with self._database.transaction() as tx:
            return await rows.all_devices(tx)

    async def knocks(self) -> list[Knock]:
        """List unknown callers that were refused, the latest first."""
        async with self._database.transaction() as tx:
            return await rows.all_knocks(tx)

    async def get(self, ae_title: str) -> Device:
        """Return the device of an AE title.

        Raises:
            UnknownDevice: there is none.
        """
        async with self._database.transaction() as tx:
            device = await rows.find_device(tx, ae_title.strip())
        if device is None:
            raise UnknownDevice("no device is known by this AE title")
        return device

    async def remove(self, ae_title: str) -> None:
        """Forget a device.

        Raises:
            UnknownDevice: there is none.
        """
        async with self._database.transaction() as tx:
            if not await rows.delete_device(tx, ae_title.strip()):
                raise UnknownDevice("no device is known by this AE title")
            subject = Subject(SubjectKind.DEVICE, ae_title.strip())
            await note(
                tx,
                security_alert(EventType.NETWORK_CONFIGURATION, subject, action=Action.DELETE),
            )

    def address_of(self, device: Device) -> PeerAddress:
        """Return where a device is reached, with our TLS settings if it wants TLS."""
        tls = (self._tls or TLSSettings()) if device.tls else None
        return PeerAddress(device.host, device.port, tls)

    async def verify(self, ae_title: str) -> int:
        """Return the status that a device answers to C-ECHO.

        Raises:
            UnknownDevice: there is none by this AE title.
            PeerUnreachable, AssociationRejected, AssociationLost, ContextRefused: no answer.
        """
        device = await self.get(ae_title)
        return await echo(
            self.address_of(device),
            self._association,
            calling_ae_title=self._ae_title,
            called_ae_title=device.ae_title,
        )


def check_device(device: Device) -> None:
    """Refuse a device that cannot be one.

    Raises:
        InvalidDevice: says which part is wrong.
    """
    title = device.ae_title
    if not _AE_TITLE.fullmatch(title) or title != title.strip():
        raise InvalidDevice(
            "an AE title has 1 to 16 characters of ASCII, no backslash, no space at its ends"
        )
    if not _HOST.fullmatch(device.host):
        raise InvalidDevice("the host is neither a name nor an IP address")
    if not 1 <= device.port <= 65535:
        raise InvalidDevice("a port is a number from 1 to 65535")
    for text in device.calls_from:
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise InvalidDevice(
                "it calls from IP addresses, or networks such as 10.1.2.0/24"
            ) from None
    check_departments(device.departments)
    check_own_department(device.department)
    if not _CERTIFICATE.fullmatch(device.certificate):
        raise InvalidDevice("a certificate is named by the 64 hexadecimal digits of its SHA-256")
