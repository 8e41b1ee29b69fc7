import pytest

from sonarium.peers.errors import UnexpectedResponse
from sonarium.peers.responses import status_of_response
from sonarium.wire.dimse.command import Command, CommandField


def test_a_response_has_a_status() -> None:
    response = Command(field=CommandField.C_STORE_RSP, status=0xB000)
    assert status_of_response(response) == 0xB000
    with pytest.raises(UnexpectedResponse):
        status_of_response(Command(field=CommandField.C_STORE_RSP))
