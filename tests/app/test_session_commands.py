"""`sonarium session` and `token`, as an administrator types them."""

import re
from pathlib import Path

import pytest
from tests.app.test_identity_commands import run

from sonarium.app.session_commands import NothingNamed
from sonarium.services.clients import UnknownToken
from sonarium.services.people import UnknownPerson


@pytest.fixture
def sonarium(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose rows are in the test's own database."""
    monkeypatch.setenv("SONARIUM_DATABASE__DSN", dsn)
    return tmp_path


def test_tokens_are_listed_and_taken_back(sonarium: Path) -> None:
    data = ("--data", sonarium)
    run("client", "add", "pacs", "--scope", "system/ImagingStudy.rs", *data)
    secret = run("client", "token", "pacs", *data).strip()
    run("client", "token", "pacs", *data)
    listed = run("token", "list", *data)
    assert listed.count("pacs") == 2
    assert secret not in listed
    number = min(map(int, re.findall(r"│ (\d+) ", listed)))
    assert "taken back" in run("token", "revoke", str(number), *data)
    with pytest.raises(UnknownToken):
        run("token", "revoke", str(number), *data)
    assert "1 tokens of pacs" in run("token", "revoke", "--client", "pacs", *data)
    with pytest.raises(NothingNamed):
        run("token", "revoke", *data)


def test_sessions_are_listed_and_ended(sonarium: Path) -> None:
    data = ("--data", sonarium)
    run("user", "add", "ada", "--role", "student", *data)
    assert "user name" in run("session", "list", *data)
    assert "0 sessions of ada ended" in run("session", "end", "ada", *data)
    assert "0 sessions of ada ended" in run("session", "end", "ada", "--session", "1", *data)
    with pytest.raises(UnknownPerson):
        run("session", "end", "nobody", *data)
