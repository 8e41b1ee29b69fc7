"""Opens associations to other application entities."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sonarium.base.errors import UnavailableError
from sonarium.net.association import Association
from sonarium.net.negotiation import Rejection
from sonarium.net.settings import AssociationSettings, TLSSettings
from sonarium.wire.upper_layer.presentation_context import ProposedContext
from sonarium.wire.upper_layer.user_information import (
    AsynchronousOperationsWindow,
    CommonExtendedNegotiation,
    RoleSelection,
    UserIdentity,
)


class PeerUnreachable(UnavailableError):
    """No connection, no TLS, or no answer in time."""


class AssociationRejected(UnavailableError):
    """The peer answered A-ASSOCIATE-RJ."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__("the peer rejected the association")
        self.rejection = rejection


@dataclass(frozen=True, slots=True)
class PeerAddress:
    """Where a peer listens; with `tls`, over TLS."""

    host: str
    port: int
    tls: TLSSettings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What we ask for in A-ASSOCIATE-RQ."""

    calling_ae_title: str
    called_ae_title: str
    presentation_contexts: tuple[ProposedContext, ...]
    roles: tuple[RoleSelection, ...] = ()
    extended_negotiation: Mapping[str, bytes] = field(default_factory=dict)
    common_extended_negotiation: tuple[CommonExtendedNegotiation, ...] = ()
    user_identity: UserIdentity | None = None
    window: AsynchronousOperationsWindow | None = None


def number_contexts(*syntaxes: tuple[str, tuple[str, ...]]) -> tuple[ProposedContext, ...]:
    """Give odd context ids to pairs of abstract syntax and its transfer syntaxes."""
    return tuple(
        ProposedContext(2 * index + 1, abstract, transfer)
        for index, (abstract, transfer) in enumerate(syntaxes)
    )


async def associate(
    address: PeerAddress, proposal: Proposal, settings: AssociationSettings
) -> Association:
    """Open an association; use it as `async with await associate(…) as association`.

    Raises:
        PeerUnreachable: no connection, no TLS, or no answer in time.
        AssociationRejected: the peer does not want us.
        AssociationLost: it aborted or closed instead of answering.
    """
    raise NotImplementedError
