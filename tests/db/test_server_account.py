import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sonarium.db import server_account
from sonarium.db.embedded import EmbeddedPostgres
from sonarium.db.errors import PostgreSQLRefused
from sonarium.db.postgres_binaries import find_binaries
from sonarium.db.server_account import (
    SERVER_UID,
    ServerAccount,
    UnnamedUser,
    UserNamespace,
    choose_account,
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root must become somebody else")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sonarium-account-") as name:
        yield Path(name)


def test_an_ordinary_user_runs_it_as_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    account = choose_account(Path("/nowhere"))
    assert type(account) is ServerAccount
    assert account.server_identity() == {}


@as_root
def test_root_becomes_a_number_without_a_name() -> None:
    account = choose_account(find_binaries().folder)
    assert isinstance(account, UnnamedUser)
    said = subprocess.run(
        ["id", "-u"], capture_output=True, check=True, **account.server_identity()
    )
    assert int(said.stdout) == SERVER_UID


@as_root
async def test_a_namespace_serves_where_others_cannot_reach_the_programs(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = server_account._runs
    monkeypatch.setattr(
        server_account, "_runs", lambda command, identity: not identity and runs(command, identity)
    )
    if not runs(["unshare", "--user", "true"], {}):
        pytest.skip("this machine has no user namespaces")
    assert isinstance(choose_account(find_binaries().folder), UserNamespace)
    async with EmbeddedPostgres(open_folder / "postgresql") as server:
        assert server.pid() is not None
        assert (open_folder / "postgresql" / "cluster").stat().st_uid == 0
    monkeypatch.setattr(server_account, "_runs", runs)
    async with EmbeddedPostgres(open_folder / "postgresql") as server:
        assert server.pid() is not None
        assert (open_folder / "postgresql" / "cluster").stat().st_uid == SERVER_UID


@as_root
def test_root_is_told_what_would_help_when_no_way_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_account, "_runs", lambda _command, _identity: False)
    with pytest.raises(PostgreSQLRefused, match="as an ordinary user"):
        choose_account(Path("/nowhere"))
