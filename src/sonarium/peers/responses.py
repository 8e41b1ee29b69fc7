"""Reading the responses to our requests."""

from sonarium.peers.errors import UnexpectedResponse
from sonarium.wire.dimse.command import Command


def status_of_response(response: Command) -> int:
    """Return Status (0000,0900).

    Raises:
        UnexpectedResponse: the peer left it out.
    """
    if response.status is None:
        raise UnexpectedResponse("a response without status")
    return response.status
