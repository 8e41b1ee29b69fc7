"""`sonarium grant` and `patient`, as an administrator types them."""

import asyncio
from pathlib import Path

import pytest
from tests.app.test_identity_commands import run, sonarium
from tests.index.synthetic import instance, patient

from sonarium.db.pool import Database
from sonarium.index.ingest import add_instances
from sonarium.services.grants import NothingThere

__all__ = ["sonarium"]


async def _fill(dsn: str) -> None:
    async with Database(dsn) as database, database.transaction() as tx:
        await add_instances(tx, [instance("1.2.1", patient_attributes=patient("SYN1"))])


@pytest.fixture
def filled(dsn: str, sonarium: Path) -> Path:
    asyncio.run(_fill(dsn))
    return sonarium


def test_grants_are_added_listed_and_taken_back(filled: Path) -> None:
    data = ("--data", filled)
    run("user", "add", "ada", "--role", "manager", "--department", "Echo", *data)
    added = run("grant", "add", "ada", "--study", "1.2.1", "--why", "review", *data)
    number = added.split()[1]
    assert "1.2.1" in run("grant", "list", *data)
    run("grant", "revoke", number, *data)
    assert "1.2.1" not in run("grant", "list", *data)
    assert "taken back" in run("grant", "list", "--all", *data)
    with pytest.raises(NothingThere):
        run("grant", "add", "ada", "--patient", "nobody", "--why", "review", *data)


def test_patients_are_made_confidential_and_studies_teaching_cases(filled: Path) -> None:
    data = ("--data", filled)
    assert "shown so" in run("patient", "confidentiality", "SYN1", "vip", "--alias", "Rose", *data)
    assert "shown so" in run("patient", "confidentiality", "", "vip", "--study", "1.2.1", *data)
    listed = run("patient", "confidential", *data)
    assert "SYN1" in listed
    assert "vip" in listed
    with pytest.raises(NothingThere, match="identity"):
        run("patient", "teaching", "1.2.1", *data)
