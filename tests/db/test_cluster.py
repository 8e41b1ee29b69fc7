import os
import tempfile
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from sonarium.db.cluster import Cluster, last_words
from sonarium.db.errors import PostgreSQLRefused


def test_a_password_is_made_once_and_kept_to_us(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    first = cluster.password_of("somebody")
    assert len(first) >= 40
    assert cluster.password_of("somebody") == first
    assert (tmp_path / "somebody.password").stat().st_mode & 0o777 == 0o600


def test_where_temporary_files_lie_deep_too_the_link_lies_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    cluster = Cluster(deep / "postgresql")
    cluster.root.mkdir(parents=True)
    cluster.password_of("sonarium")
    host = Path(str(conninfo_to_dict(cluster.dsn())["host"]))
    try:
        assert len(f"{host}/.s.PGSQL.5432") <= 107
        assert host.readlink() == cluster.folder
    finally:
        host.unlink()


def test_where_nothing_is_short_the_refusal_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    cluster = Cluster(tmp_path / ("deep" * 30))
    cluster.root.mkdir(parents=True)
    with pytest.raises(PostgreSQLRefused, match="TMPDIR"):
        cluster.dsn()


def test_a_deep_folder_is_reached_by_a_short_link(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runtime = tmp_path_factory.mktemp("run")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    cluster = Cluster(tmp_path / ("deep" * 30))
    cluster.root.mkdir()
    cluster.password_of("sonarium")
    assert str(runtime) in cluster.dsn()
    [link] = runtime.iterdir()
    assert link.readlink() == cluster.folder
    assert cluster.dsn() == cluster.dsn()


def test_a_strangers_link_is_never_followed(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runtime = tmp_path_factory.mktemp("run")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    cluster = Cluster(tmp_path / ("deep" * 30))
    cluster.root.mkdir()
    cluster.password_of("sonarium")
    cluster.dsn()
    [link] = runtime.iterdir()
    link.unlink()
    link.symlink_to("/somewhere/else")
    with pytest.raises(PostgreSQLRefused, match="in the way"):
        cluster.dsn()


def test_a_cluster_that_is_not_made_has_no_version(tmp_path: Path) -> None:
    assert Cluster(tmp_path).major() is None
    assert Cluster(tmp_path).server_pid() is None


def test_the_servers_last_words_are_found(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    assert last_words(cluster) == ""
    cluster.first_words.write_text("LOG:  starting\nFATAL:  no space left on device\n")
    assert last_words(cluster) == "FATAL:  no space left on device"
