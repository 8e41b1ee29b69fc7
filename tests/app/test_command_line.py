"""The command `sonarium`, as a person types it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.services.data_sets import EXPLICIT, US_IMAGE, instance_uid, still

from sonarium import __version__
from sonarium.app.folder_lock import hold_folder
from sonarium.app.folders import DataFolder
from sonarium.app.opening import NoArchive
from sonarium.app.settings import SettingsRefused
from sonarium.base.errors import SonariumError
from sonarium.dicom.part10 import file_meta
from sonarium.services.devices import InvalidDevice, UnknownDevice
from sonarium.services.import_ import ImportRefused

Run = Callable[..., tuple[int, str]]


def write_objects(folder: Path, numbers: range) -> None:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        meta = file_meta(
            sop_class_uid=US_IMAGE,
            sop_instance_uid=instance_uid(number),
            transfer_syntax_uid=EXPLICIT,
        )
        (folder / f"{number}.dcm").write_bytes(meta + still(number))


def row(printed: str, heading: str) -> str:
    """Return the cell beside a heading."""
    (line,) = (line for line in printed.splitlines() if line.startswith(f"│ {heading} "))
    return line.strip("│ ").removeprefix(heading).strip("│ ")


def test_the_version_is_told(run: Run) -> None:
    assert run("version") == (0, f"sonarium {__version__}\n")


def test_a_failure_is_one_sentence_on_standard_error_and_no_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from sonarium.app.command_line import main; main()"]
    ran = subprocess.run(
        [*command, "status", "--data", tmp_path / "typo"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "COLUMNS": "40"},
    )
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.startswith(f"sonarium: there is no archive in {tmp_path / 'typo'}: ")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command", [["status"], ["export", "out"], ["device", "list"], ["device", "remove", "CART1"]]
)
def test_a_misspelt_folder_makes_no_new_archive(
    command: list[str], run: Run, tmp_path: Path
) -> None:
    with pytest.raises(NoArchive, match="sonarium serve --data"):
        run(*command, "--data", tmp_path / "typo")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--http-host", "--dimse-host"])
def test_no_other_machine_is_served_before_there_are_users(
    option: str, run: Run, tmp_path: Path
) -> None:
    with pytest.raises(SettingsRefused, match=r"0\.0\.0\.0 is beyond this machine"):
        run("serve", "--data", tmp_path / "data", option, "0.0.0.0")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(("option", "name"), [("--http-port", "web"), ("--dimse-port", "DICOM")])
def test_a_taken_port_is_refused_before_anything_starts(
    option: str, name: str, run: Run, tmp_path: Path, taken_port: int
) -> None:
    ports = {"--http-port": 0, "--dimse-port": 0, option: taken_port}
    given = [part for pair in ports.items() for part in pair]
    with pytest.raises(SonariumError, match=rf"the {name} port {taken_port} .*with {option}"):
        run("serve", "--data", tmp_path / "data", *given)
    assert not DataFolder(tmp_path / "data").holds_archive


def test_a_second_serve_of_one_folder_is_refused(run: Run, tmp_path: Path) -> None:
    with (
        hold_folder(DataFolder(tmp_path)),
        pytest.raises(SonariumError, match=r"another Sonarium serves .*--data"),
    ):
        run("serve", "--data", tmp_path)


def test_a_folder_is_imported_and_a_second_run_finds_it_there(
    run: Run, data: Path, tmp_path: Path
) -> None:
    write_objects(tmp_path / "in", range(3))
    (tmp_path / "in" / "notes.txt").write_text("not an object")
    code, first = run("import", tmp_path / "in", "--data", data)
    assert code == 0
    assert (row(first, "stored"), row(first, "not DICOM")) == ("3", "1")
    write_objects(tmp_path / "in", range(3, 5))
    code, second = run("import", tmp_path / "in", "--data", data)
    assert code == 0
    assert (row(second, "stored"), row(second, "already present")) == ("2", "3")


def test_an_import_that_had_to_refuse_says_why_and_fails(
    run: Run, data: Path, tmp_path: Path
) -> None:
    write_objects(tmp_path / "in", range(2))
    cut = tmp_path / "in" / "0.dcm"
    cut.write_bytes(cut.read_bytes()[:-7])
    code, printed = run("import", tmp_path / "in", "--data", data)
    assert code == 1
    assert (row(printed, "stored"), row(printed, "refused")) == ("1", "1")
    assert "the data set ends within an element" in row(printed, "0.dcm")


def test_nothing_to_import_is_said(run: Run, data: Path, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="no such file or folder"):
        run("import", tmp_path / "nowhere", "--data", data)


def test_what_was_imported_is_counted_and_exported(run: Run, data: Path, tmp_path: Path) -> None:
    write_objects(tmp_path / "in", range(3))
    run("import", tmp_path / "in", "--data", data)
    code, printed = run("status", "--data", data)
    assert code == 0
    assert row(printed, "studies") == "1"
    assert row(printed, "objects").startswith("3 (")
    code, printed = run("export", tmp_path / "out", "--data", data, "--dicomdir")
    assert code == 0
    assert row(printed, "written") == "3"
    assert len((tmp_path / "out" / "SHA256SUMS").read_text().splitlines()) == 3
    assert (tmp_path / "out" / "DICOMDIR").is_file()


def test_devices_are_added_changed_listed_and_removed(run: Run, data: Path) -> None:
    code, printed = run("device", "add", "CART1", "192.0.2.7", "104", "--data", data)
    assert (code, printed) == (0, "CART1 is at 192.0.2.7:104; it may: store.\n")
    run("device", "add", "CART1", "192.0.2.8", "105", "--tls", "--data", data)
    _, printed = run("device", "list", "--data", data)
    assert row(printed, "CART1").split("│")[0].strip() == "192.0.2.8"
    assert run("device", "remove", "CART1", "--data", data) == (0, "CART1 is forgotten.\n")
    with pytest.raises(UnknownDevice):
        run("device", "remove", "CART1", "--data", data)


def test_a_device_that_cannot_be_one_is_refused(run: Run, data: Path) -> None:
    with pytest.raises(InvalidDevice, match="1 to 16 characters"):
        run("device", "add", "A_TITLE_MUCH_TOO_LONG", "192.0.2.7", "104", "--data", data)


def test_a_device_that_does_not_answer_is_named(run: Run, data: Path, free_port: int) -> None:
    run("device", "add", "CART1", "127.0.0.1", free_port, "--data", data)
    with pytest.raises(SonariumError):
        run("device", "echo", "CART1", "--data", data)


def test_the_doctor_fails_when_something_is_wrong(run: Run, data: Path, taken_port: int) -> None:
    code, printed = run("doctor", "--data", data, "--http-port", taken_port, "--dimse-port", 0)
    assert code == 1
    assert f"✗ the web port {taken_port} on 127.0.0.1 cannot be used" in printed
    assert "  → free it, or choose another with --http-port" in printed


def test_the_doctor_is_content_when_only_the_server_is_not_running(run: Run, data: Path) -> None:
    code, printed = run("doctor", "--data", data, "--http-port", 0, "--dimse-port", 0)
    assert code == 0
    assert f"→ start it: sonarium serve --data {data}" in printed
