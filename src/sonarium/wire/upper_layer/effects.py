"""What the upper layer asks of its driver and tells its user; it does none of it itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from sonarium.wire.upper_layer.pdu import (
    AssociateAC,
    AssociateRJ,
    AssociateRQ,
    PresentationDataValue,
)


@dataclass(frozen=True, slots=True)
class Transmit:
    """Bytes for the transport connection, in order."""

    pieces: Sequence[bytes | memoryview]


class Transport(Enum):
    """A request to the transport service."""

    OPEN = "open"
    CLOSE = "close"


class ARTIM(Enum):
    """A request to the Association Request/Reject/Release Timer (PS3.8 9.1.5)."""

    START = "start"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class AssociateIndication:
    """The peer asks for an association."""

    request: AssociateRQ


@dataclass(frozen=True, slots=True)
class AssociateConfirmation:
    """The peer answered our request."""

    answer: AssociateAC | AssociateRJ


@dataclass(frozen=True, slots=True)
class ReleaseIndication:
    """The peer asks for release; in a collision it does so while we do."""

    is_collision: bool


@dataclass(frozen=True, slots=True)
class ReleaseConfirmation:
    """The peer agreed to our release."""


@dataclass(frozen=True, slots=True)
class AbortIndication:
    """The association ended: A-ABORT by the peer, or A-P-ABORT by the provider.

    `reason` says in words what happened; `by_peer` tells an A-ABORT PDU that was received.
    """

    reason: str
    by_peer: bool


Effect: TypeAlias = (
    Transmit
    | Transport
    | ARTIM
    | AssociateIndication
    | AssociateConfirmation
    | PresentationDataValue
    | ReleaseIndication
    | ReleaseConfirmation
    | AbortIndication
)
