"""What may go wrong between us and another application entity."""

from sonarium.base.errors import PeerError, RequestError


class AssociationLost(PeerError):
    """The association ended without release: abort, broken connection, or a deadline."""


class DataSetTooLong(RequestError):
    """A data set is longer than the reader takes."""
