"""An archive for real peers to talk to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.peers.service import Service, running_service
from tests.running_archive import RunningArchive, running_archive

from sonarium.db.pool import Database


@pytest.fixture
async def sonarium(database: Database, dsn: str, tmp_path: Path) -> AsyncIterator[RunningArchive]:
    """A whole archive in this process, empty, listening on a free port."""
    async with running_archive(database, dsn, tmp_path / "archive") as archive:
        yield archive


@pytest.fixture(scope="session")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """`sonarium serve`, one for the whole run; tests leave it well and may fill it."""
    async with running_service(tmp_path_factory.mktemp("service")) as running:
        yield running
