"""`sonarium init`, `user` and `client`, as an administrator types them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sonarium.app.command_line import app
from sonarium.services.clients import UnknownClient
from sonarium.services.people import InvalidPerson


@pytest.fixture
def sonarium(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose rows are in the test's own database."""
    monkeypatch.setenv("SONARIUM_DATABASE__DSN", dsn)
    return tmp_path


def run(*arguments: str | Path) -> str:
    """Run a command; what it refuses is raised."""
    finished = CliRunner().invoke(app, [str(part) for part in arguments], catch_exceptions=False)
    assert finished.exit_code == 0, finished.output
    return finished.output


def test_init_makes_a_link_for_the_first_administrator(sonarium: Path) -> None:
    printed = run("init", "--data", sonarium)
    assert "http://localhost:8042/enrol#" in printed
    assert "first administrator" in printed


def test_people_are_added_listed_changed_and_invited(sonarium: Path) -> None:
    data = ("--data", sonarium)
    added = run("user", "add", "ada", "--role", "sonographer", "--name", "Ada", *data)
    assert "/enrol#" in added
    assert "not set up yet" in run("user", "list", *data)
    run("user", "change", "ada", "--role", "auditor", "--no-active", *data)
    listed = run("user", "list", *data)
    assert "auditor" in listed
    assert "not set up yet" not in listed
    assert run("user", "link", "ada", *data) != added
    with pytest.raises(InvalidPerson, match="taken"):
        run("user", "add", "ada", "--role", "student", *data)


def test_programs_are_added_listed_given_tokens_and_removed(sonarium: Path) -> None:
    data = ("--data", sonarium)
    secret = run("client", "add", "pacs", "--scope", "system/ImagingStudy.rs", *data).strip()
    token = run("client", "token", "pacs", *data).strip()
    assert len(secret) == len(token) == 43
    assert secret != token
    listed = run("client", "list", *data)
    assert "system/ImagingStudy.rs" in listed
    assert secret not in listed
    named = ("--department", "Echo Lab", "--own-department", "Vascular")
    run("client", "change", "pacs", *named, *data)
    assert "Vascular" in (changed := run("client", "list", *data))
    run("client", "change", "pacs", "--own-department", "", *data)
    assert "Vascular" not in (changed_back := run("client", "list", *data))
    assert "Echo Lab" in changed
    assert "Echo Lab" in changed_back
    run("client", "remove", "pacs", *data)
    with pytest.raises(UnknownClient):
        run("client", "remove", "pacs", *data)
