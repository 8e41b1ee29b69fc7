"""`sonarium audit`, as an administrator types it."""

import json
from pathlib import Path

import psycopg
from typer.testing import CliRunner, Result

from sonarium.app.command_line import app


def sonarium(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(part) for part in arguments], catch_exceptions=False)


def test_what_was_done_is_listed_written_out_and_checked(data: Path, dsn: str) -> None:
    here = ("--data", data)
    assert sonarium("init", *here).exit_code == 0
    assert sonarium("user", "add", "bob", "--role", "auditor", *here).exit_code == 0
    assert "bob" in sonarium("audit", "list", *here).output
    lines = sonarium("audit", "export", *here).output.splitlines()
    assert any("bob" in str(json.loads(line)) for line in lines)
    assert "<AuditMessage>" in sonarium("audit", "export", "--dicom", *here).output
    whole = sonarium("audit", "verify", *here)
    assert (whole.exit_code, "The trail is whole." in whole.output) == (0, True)
    with psycopg.connect(dsn) as connection:
        connection.execute("ALTER TABLE audit_record DISABLE TRIGGER ALL")
        connection.execute("DELETE FROM audit_record WHERE record_ref = 1")
    broken = sonarium("audit", "verify", *here)
    assert broken.exit_code == 1
    assert "tampered" in broken.output
