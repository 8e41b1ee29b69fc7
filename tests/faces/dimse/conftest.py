"""Our application entity on loopback, closed when the test ends."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from tests.faces.dimse.entity import Entity, StartEntity


@pytest.fixture
async def start_entity() -> AsyncIterator[StartEntity]:
    """Start entities: `await start_entity(**settings)`."""
    async with AsyncExitStack() as stack:

        async def start(**settings: object) -> Entity:
            entity = Entity()
            await entity.start(**settings)
            assert entity.server is not None
            stack.push_async_callback(entity.server.close, timedelta(0))
            return entity

        yield start


@pytest.fixture
async def entity(start_entity: StartEntity) -> Entity:
    """One entity with the settings out of the box."""
    return await start_entity()
