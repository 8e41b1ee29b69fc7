"""A trail with keys and a folder of anchors."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sonarium.db.pool import Database
from sonarium.services.audit.anchors import AnchorFolder
from sonarium.services.audit.sealing import Sealer
from sonarium.services.audit.settings import AuditSettings
from sonarium.services.audit.verifying import Verifier


@dataclass(frozen=True, slots=True)
class Trail:
    database: Database
    anchors: AnchorFolder
    folder: Path
    sealer: Sealer
    verifier: Verifier

    async def tamper(self, *statements: str) -> None:
        """Do what the database's owner can do."""
        async with await psycopg.AsyncConnection.connect(self.database.dsn) as connection:
            for table in ("audit_record", "audit_link"):
                await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
            for statement in statements:
                await connection.execute(statement.encode())


@pytest.fixture
async def trail(dsn: str, tmp_path: Path) -> AsyncIterator[Trail]:
    key = Ed25519PrivateKey.generate()
    folder = tmp_path / "anchors"
    anchors = AnchorFolder(folder)
    async with Database(dsn, row_key=b"k" * 32) as database:
        yield Trail(
            database,
            anchors,
            folder,
            Sealer(database, key, anchors, AuditSettings()),
            Verifier(database, key.public_key(), anchors),
        )
