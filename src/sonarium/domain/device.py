"""Another application entity: where we reach it, and what it may ask of us."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sonarium.domain.access import EVERY_DEPARTMENT


class DevicePermission(StrEnum):
    """What a device may ask of us; C-ECHO is open to every known device."""

    STORE = "store"
    """C-STORE, and storage commitment for what it stored."""
    QUERY = "query"
    """C-FIND."""
    RETRIEVE = "retrieve"
    """C-GET, and C-MOVE to itself."""
    MOVE = "move"
    """C-MOVE to any known device."""


class UnknownCallers(StrEnum):
    """What happens to callers that no device matches."""

    REFUSED = "refused"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Device:
    """Where an AE title is reached; with `tls`, over TLS with our own certificate."""

    ae_title: str
    host: str
    port: int
    tls: bool = False
    description: str = ""
    may: tuple[DevicePermission, ...] = (DevicePermission.STORE,)
    calls_from: tuple[str, ...] = ()
    """Addresses and networks that it calls from; none: its host."""
    certificate: str = ""
    """SHA-256 of its client certificate in DER, in hexadecimal; empty: any that TLS took."""
    departments: tuple[str, ...] = (EVERY_DEPARTMENT,)
    """Whose studies it sees; `*`: every department's, and those of none."""
    department: str = ""
    """Of what it sends without naming one in (0008,1040); empty: of none."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks for an association, as far as it shows."""

    ae_title: str
    address: str
    certificate: str = ""
    """As in `Device`; empty: it showed none."""


@dataclass(frozen=True, slots=True)
class Knock:
    """An unknown caller that was refused."""

    ae_title: str
    address: str
    certificate: str
    times: int
    first_at: datetime
    last_at: datetime
