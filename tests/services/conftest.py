"""An archive for services that need more than one table."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.running_archive import RunningArchive, running_archive

from sonarium.db.pool import Database


@pytest.fixture
async def sonarium(database: Database, dsn: str, tmp_path: Path) -> AsyncIterator[RunningArchive]:
    """A whole archive in this process, empty, listening on a free port."""
    async with running_archive(database, dsn, tmp_path / "archive") as archive:
        yield archive
