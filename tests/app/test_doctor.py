"""The doctor names what is wrong, and how to mend it."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from sonarium.app.doctor import Finding, State, _codecs, _free_space, examine
from sonarium.app.folder_lock import hold_folder
from sonarium.app.folders import DataFolder
from sonarium.app.settings import Settings
from sonarium.storage.key_room import KeyRoom


def settings_for(
    folder: Path, dsn: str | None = None, http_port: int = 0, dimse_port: int = 0
) -> Settings:
    return Settings.model_validate(
        {
            "data": folder,
            "database": {"dsn": dsn},
            "http": {"port": http_port},
            "dimse": {"port": dimse_port},
        }
    )


def wrong(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.state is State.WRONG]


async def test_a_machine_where_all_is_well_has_nothing_wrong(dsn: str, tmp_path: Path) -> None:
    findings = await examine(settings_for(tmp_path, dsn))
    assert wrong(findings) == []
    assert any("with the schema of this release" in finding.what for finding in findings)


async def test_whatever_is_not_well_has_a_remedy(tmp_path: Path, taken_port: int) -> None:
    dsn = "postgresql://u:secret@127.0.0.1:9/pacs"
    findings = await examine(settings_for(tmp_path / "missing", dsn, http_port=taken_port))
    unwell = [finding for finding in findings if finding.state is not State.WELL]
    assert unwell
    assert all(finding.remedy for finding in unwell)


async def test_looking_makes_no_archive(tmp_path: Path) -> None:
    await examine(settings_for(tmp_path / "missing"))
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_cannot_be_written_is_wrong() -> None:
    (finding,) = await examine(settings_for(Path("/proc/self/data")))
    assert finding.state is State.WRONG
    assert finding.what.startswith("nothing can be written to the data folder /proc/self/data")
    assert "make /proc/self writable" in finding.remedy


@pytest.mark.parametrize(("option", "name"), [("--http-port", "web"), ("--dimse-port", "DICOM")])
async def test_a_taken_port_is_wrong_and_the_option_is_named(
    option: str, name: str, dsn: str, tmp_path: Path, taken_port: int
) -> None:
    ports = {f"{option.strip('-').replace('-', '_')}": taken_port}
    (finding,) = wrong(await examine(settings_for(tmp_path, dsn, **ports)))
    assert f"the {name} port {taken_port}" in finding.what
    assert option in finding.remedy


async def test_the_ports_of_a_serving_archive_are_its_own(
    dsn: str, tmp_path: Path, taken_port: int
) -> None:
    with hold_folder(DataFolder(tmp_path)):
        findings = await examine(settings_for(tmp_path, dsn, http_port=taken_port))
    assert wrong(findings) == []
    assert findings[-1] == Finding(State.WELL, "Sonarium is serving")


async def test_a_database_that_does_not_answer_is_wrong(tmp_path: Path) -> None:
    dsn = "postgresql://u:secret@127.0.0.1:9/pacs"
    (finding,) = wrong(await examine(settings_for(tmp_path, dsn)))
    assert finding.what == "the database does not answer"
    assert "SONARIUM_DATABASE__DSN" in finding.remedy


async def test_a_serving_archive_whose_postgresql_is_gone_is_wrong(tmp_path: Path) -> None:
    with hold_folder(DataFolder(tmp_path)):
        (finding,) = wrong(await examine(settings_for(tmp_path)))
    assert finding.what == "Sonarium serves and its PostgreSQL does not run"


async def test_a_clock_before_the_last_write_is_wrong(dsn: str, tmp_path: Path) -> None:
    control = tmp_path / "postgresql" / "cluster" / "global" / "pg_control"
    control.parent.mkdir(parents=True)
    control.touch()
    os.utime(control, (4_000_000_000, 4_000_000_000))
    (finding,) = wrong(await examine(settings_for(tmp_path, dsn)))
    assert "before the archive's last write (2096-10-02" in finding.what


def test_a_disk_below_its_reserve_is_wrong_and_one_near_it_is_worth_knowing(
    tmp_path: Path,
) -> None:
    folder = DataFolder(tmp_path)
    assert _free_space(folder, 2**60).state is State.WRONG
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    assert _free_space(folder, free - 2**30).state is State.WORTH_KNOWING
    assert _free_space(folder, 0).state is State.WELL or free < 8 * 2**30


def test_a_codec_that_cannot_be_loaded_is_wrong() -> None:
    (finding,) = _codecs(["zlib", "no_such_codec"])
    assert finding.state is State.WRONG
    assert "no_such_codec" in finding.what


def test_too_few_open_files_are_wrong(tmp_path: Path) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == resource.RLIM_INFINITY or hard > 1024
    script = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))\n"
        f"sys.argv = ['sonarium', 'doctor', '--data', {str(tmp_path)!r}]\n"
        "from sonarium.app.command_line import main\n"
        "main()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 1
    assert "✗ 1,024 files and connections may be open at once" in ran.stdout
    assert "LimitNOFILE" in ran.stdout


async def test_the_kit_waits_until_it_was_printed(dsn: str, tmp_path: Path) -> None:
    room = KeyRoom(tmp_path / "keys")
    room.ensure()
    remedies = [one.remedy for one in await examine(settings_for(tmp_path, dsn))]
    assert "sonarium keys kit" in remedies
    room.note_kit_shown()
    remedies = [one.remedy for one in await examine(settings_for(tmp_path, dsn))]
    assert "sonarium keys kit" not in remedies


async def test_keys_that_others_may_read_are_wrong(dsn: str, tmp_path: Path) -> None:
    room = KeyRoom(tmp_path / "keys")
    room.ensure()
    (tmp_path / "keys").chmod(0o755)
    (finding,) = wrong(await examine(settings_for(tmp_path, dsn)))
    assert finding.remedy == f"chmod 700 {tmp_path / 'keys'}, then sonarium keys rotate"


async def test_a_lost_root_key_is_wrong_and_the_kit_is_named(dsn: str, tmp_path: Path) -> None:
    room = KeyRoom(tmp_path / "keys")
    room.ensure()
    (room.folder / f"root-{room.current_id()}.key").unlink()
    (finding,) = wrong(await examine(settings_for(tmp_path, dsn)))
    assert "sonarium keys restore" in finding.remedy


async def test_an_archive_without_keys_is_told_of(dsn: str, tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    findings = await examine(settings_for(tmp_path, dsn))
    assert "this archive has no keys yet" in [finding.what for finding in findings]
