"""`sonarium study delete`, as an administrator types it."""

from pathlib import Path

import pytest
from tests.services.data_sets import EXPLICIT, still
from typer.testing import CliRunner

from sonarium.app.archive import open_archive
from sonarium.app.command_line import app
from sonarium.app.settings import Settings
from sonarium.db.pool import Database
from sonarium.domain.arrival import Door, Source
from sonarium.services.store import Arrival
from sonarium.services.study_deletion import DeletionRefused

STUDY = "2.25.10001"


def sonarium(*arguments: str | Path, typed: str = "") -> str:
    finished = CliRunner().invoke(
        app, [str(part) for part in arguments], input=typed, catch_exceptions=False
    )
    return finished.output


@pytest.fixture
async def rested(data: Path, dsn: str) -> str:
    """A study that arrived long ago."""
    async with open_archive(Settings(data=data), dsn) as archive:
        reception = archive.store.receive(Arrival(EXPLICIT, Source(Door.IMPORT)))
        reception.feed(still(1))
        await (await reception.commit()).placed()
    async with Database(dsn) as database, database.transaction() as tx:
        await tx.execute(b"UPDATE instance SET received_at = received_at - interval '1 day'")
    return STUDY


def test_a_study_is_deleted_once_it_is_said_twice(data: Path, rested: str) -> None:
    asked = sonarium("study", "delete", rested, "--data", data, typed="n\n")
    assert "Nothing brings these 1 objects back" in asked
    assert "deleted" not in asked
    said = sonarium("study", "delete", rested, "--data", data, "--yes")
    assert "1 objects and 1 keys are deleted" in said
    assert "then they are erased" in said
    shredded = sonarium("keys", "shredded", "--data", data)
    assert shredded.count("202") == 2
    with pytest.raises(DeletionRefused):
        sonarium("study", "delete", rested, "--data", data, "--yes")
