import asyncio
from datetime import timedelta

import pytest
from tests.faces.dimse.entity import Entity

from sonarium.net.requestor import PeerUnreachable


async def test_a_closed_listener_takes_no_more_calls(entity: Entity) -> None:
    assert entity.server is not None
    async with asyncio.timeout(5):
        await entity.server.close(timedelta(0))
    with pytest.raises(PeerUnreachable):
        await entity.call()
