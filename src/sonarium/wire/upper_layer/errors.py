"""Broken bytes, with the A-ABORT that answers them (PS3.8 9.3.8)."""

from enum import IntEnum

from sonarium.base.errors import PeerError


class AbortSource(IntEnum):
    """Who ended the association (PS3.8 Table 9-26)."""

    SERVICE_USER = 0
    SERVICE_PROVIDER = 2


class AbortReason(IntEnum):
    """Why the service provider ended it (PS3.8 Table 9-26); a user's abort carries 0."""

    NOT_SPECIFIED = 0
    UNRECOGNIZED_PDU = 1
    UNEXPECTED_PDU = 2
    UNRECOGNIZED_PDU_PARAMETER = 4
    UNEXPECTED_PDU_PARAMETER = 5
    INVALID_PDU_PARAMETER_VALUE = 6


class InvalidPDU(PeerError):
    """Bytes that are no PDU of ours to accept."""

    def __init__(
        self, message: str, reason: AbortReason = AbortReason.INVALID_PDU_PARAMETER_VALUE
    ) -> None:
        super().__init__(message)
        self.source = AbortSource.SERVICE_PROVIDER
        self.reason = reason
