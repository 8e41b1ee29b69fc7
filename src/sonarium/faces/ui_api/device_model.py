"""Devices and who knocks: the shapes behind the JSON API."""

from typing import Annotated, Self

import msgspec

from sonarium.domain.device import Device, DevicePermission, Knock
from sonarium.faces.ui_api.model import UIModel

Text = Annotated[str, msgspec.Meta(max_length=256)]


class DeviceSettings(UIModel, frozen=True, forbid_unknown_fields=True):
    """Where a device is, and what it may do."""

    host: Text
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)]
    tls: bool
    description: Text
    may: Annotated[list[DevicePermission], msgspec.Meta(max_length=len(DevicePermission))]
    calls_from: Annotated[list[Text], msgspec.Meta(max_length=64)]
    """Addresses and networks; none: its host."""
    certificate: Text
    """SHA-256 of its client certificate in hexadecimal; empty: any that TLS took."""
    departments: Annotated[list[Text], msgspec.Meta(max_length=64)]
    """Whose studies it sees; `*`: every department's, and those of none."""
    department: Text = ""
    """Of what it sends without naming one in (0008,1040); empty: of none."""

    def device(self, ae_title: str) -> Device:
        """Return the device of these settings."""
        return Device(
            ae_title,
            self.host,
            self.port,
            tls=self.tls,
            description=self.description,
            may=tuple(dict.fromkeys(self.may)),
            calls_from=tuple(self.calls_from),
            certificate=self.certificate,
            departments=tuple(self.departments),
            department=self.department.strip(),
        )

    @classmethod
    def of(cls, device: Device) -> Self:
        """Return the settings of a device."""
        return cls(
            host=device.host,
            port=device.port,
            tls=device.tls,
            description=device.description,
            may=list(device.may),
            calls_from=list(device.calls_from),
            certificate=device.certificate,
            departments=list(device.departments),
            department=device.department,
        )


class DeviceDetail(UIModel, frozen=True):
    """A known device."""

    ae_title: str
    settings: DeviceSettings


class KnockDetail(UIModel, frozen=True):
    """An unknown caller that was refused."""

    ae_title: str
    address: str
    certificate: str
    times: int
    first_at: str
    last_at: str

    @classmethod
    def of(cls, knock: Knock) -> Self:
        """Return a knock for the page."""
        return cls(
            ae_title=knock.ae_title,
            address=knock.address,
            certificate=knock.certificate,
            times=knock.times,
            first_at=knock.first_at.isoformat(),
            last_at=knock.last_at.isoformat(),
        )


class DeviceList(UIModel, frozen=True):
    """Every known device, and who knocks."""

    devices: list[DeviceDetail]
    knocks: list[KnockDetail]


class Echo(UIModel, frozen=True):
    """What a device answered to C-ECHO."""

    answered: bool
    detail: str
