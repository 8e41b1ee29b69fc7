"""What the archive holds, as a table for people."""

from pathlib import Path

from rich.console import Console

from sonarium.faces.cli.status import status_table
from sonarium.services.system_status import ArchiveCounts

COUNTS = ArchiveCounts(
    studies=1234, series=2345, instances=34567, stored_bytes=3 * 2**20, quarantined=2, damaged=1
)


def lines(folder: Path, *, is_served: bool) -> dict[str, str]:
    console = Console(width=200)
    with console.capture() as said:
        console.print(status_table(COUNTS, folder, is_served=is_served))
    rows = (line.strip("│").split("│") for line in said.get().splitlines() if line[0] == "│")
    return {heading.strip(): value.strip() for heading, value in rows}


def test_counts_and_what_waits_for_a_person_are_shown(tmp_path: Path) -> None:
    shown = lines(tmp_path, is_served=True)
    assert shown["serving"] == "yes"
    assert (shown["studies"], shown["series"]) == ("1,234", "2,345")
    assert shown["objects"] == "34,567 (3.0 MiB)"
    assert (shown["in quarantine"], shown["damaged"]) == ("2", "1")
    assert shown["data folder"] == str(tmp_path)
    assert shown["free space"].endswith(" GiB")


def test_an_archive_that_does_not_serve_says_how_to_start_it(tmp_path: Path) -> None:
    assert f"sonarium serve --data {tmp_path}" in lines(tmp_path, is_served=False)["serving"]
