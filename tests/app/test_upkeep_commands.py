"""`sonarium quarantine` and `job`, as an administrator types them."""

from pathlib import Path

import pytest
from tests.app.test_identity_commands import run
from tests.faces.ui_api.test_upkeep_routes import file
from tests.services.data_sets import instance_uid
from typer.testing import CliRunner

from sonarium.app.command_line import app
from sonarium.services.dead_letters import UnknownJob
from sonarium.services.quarantine import QuarantineRefused


@pytest.fixture
def data(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Path]:
    """An archive to which one instance came twice, with different pixels."""
    monkeypatch.setenv("SONARIUM_DATABASE__DSN", dsn)
    for number, pixels in enumerate((b"\x11" * 64, b"\x22" * 64)):
        (tmp_path / f"{number}.dcm").write_bytes(file(pixels))
        arguments = ["import", str(tmp_path / f"{number}.dcm"), "--data", str(tmp_path / "data")]
        assert CliRunner().invoke(app, arguments).exit_code == number  # the second is set aside
    return "--data", tmp_path / "data"


def test_an_object_is_listed_written_discarded_brought_back_and_exchanged(
    data: tuple[str, Path], tmp_path: Path
) -> None:
    assert instance_uid(1) in run("quarantine", "list", *data).replace("\n", "")
    target = tmp_path / "aside.dcm"
    run("quarantine", "export", "1", target, *data)
    assert target.read_bytes().endswith(b"\x22" * 64)
    run("quarantine", "discard", "1", *data)
    run("quarantine", "restore", "1", *data)
    run("quarantine", "exchange", "1", *data)
    run("export", tmp_path / "out", *data)
    written = [one.read_bytes() for one in (tmp_path / "out").rglob("*") if one.is_file()]
    assert sum(one.endswith(b"\x22" * 64) for one in written) == 1
    assert not any(one.endswith(b"\x11" * 64) for one in written)
    with pytest.raises(QuarantineRefused):
        run("quarantine", "discard", "9", *data)


def test_no_failed_work_is_said(data: tuple[str, Path]) -> None:
    assert "none failed" in run("job", "list", *data)
    for act in ("retry", "drop"):
        with pytest.raises(UnknownJob):
            run("job", act, "1", *data)
