"""What other systems refuse us."""

from sonarium.base.errors import PeerError, UnavailableError


class ContextRefused(UnavailableError):
    """The peer accepts no presentation context for what we came for."""


class UnexpectedResponse(PeerError):
    """A response that does not answer our request."""
