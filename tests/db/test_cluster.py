from pathlib import Path

import pytest

from sonarium.db.cluster import Cluster, last_words
from sonarium.db.errors import PostgreSQLRefused


def test_a_password_is_made_once_and_kept_to_us(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    first = cluster.password_of("somebody")
    assert len(first) >= 40
    assert cluster.password_of("somebody") == first
    assert (tmp_path / "somebody.password").stat().st_mode & 0o777 == 0o600


def test_a_deep_folder_is_reached_by_a_short_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    cluster = Cluster(tmp_path / ("deep" * 30))
    cluster.root.mkdir()
    cluster.password_of("sonarium")
    assert str(runtime) in cluster.dsn()
    [link] = runtime.iterdir()
    assert link.readlink() == cluster.folder
    assert cluster.dsn() == cluster.dsn()


def test_a_strangers_link_is_never_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir()
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
