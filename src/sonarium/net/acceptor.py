"""The listener: admits connections, negotiates and hands over associations."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sonarium.net.association import Association
from sonarium.net.negotiation import Acceptance, AssociateRequest, Rejection
from sonarium.net.settings import DimseNetSettings

Negotiate = Callable[[AssociateRequest], Acceptance | Rejection]
Converse = Callable[[Association], Awaitable[None]]


class DimseServer:
    """A running listener."""

    port: int

    async def close(self, drain: timedelta) -> None:
        """Stop accepting, let associations finish for `drain`, then abort them."""
        raise NotImplementedError

    def reload_tls(self) -> None:
        """Read the certificates again; later connections use them."""
        raise NotImplementedError


async def serve_dimse(
    settings: DimseNetSettings, negotiate: Negotiate, converse: Converse
) -> DimseServer:
    """Listen, and run `converse` for every association that `negotiate` accepts."""
    raise NotImplementedError
