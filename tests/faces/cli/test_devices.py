"""Devices as a table for people."""

from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from sonarium.domain.device import Device, Knock
from sonarium.faces.cli.devices import device_table, knock_table


def printed(table: Table) -> str:
    console = Console(width=120)
    with console.capture() as said:
        console.print(table)
    return said.get()


def test_each_device_is_a_line_with_all_that_is_known_of_it() -> None:
    cart = Device(
        "CART1", "192.0.2.7", 104, tls=True, description="Echo [room] 1", department="Echo"
    )
    other = Device("ARCHIVE", "archive.example.org", 11112)
    cells = [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in printed(device_table([cart, other])).splitlines()
        if line.startswith("│")
    ]
    assert cells == [
        ["CART1", "192.0.2.7", "104", "yes", "store", "Echo", "Echo [room] 1"],
        ["ARCHIVE", "archive.example.org", "11112", "no", "store", "", ""],
    ]


def test_an_empty_list_says_how_to_add_a_device() -> None:
    assert "sonarium device add AE_TITLE HOST PORT" in printed(device_table([]))


def test_a_refused_caller_is_a_line_and_the_caption_says_how_to_let_it_in() -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    said = printed(knock_table([Knock("CART9", "192.0.2.9", "", 12, at, at)]))
    assert "CART9" in said
    assert "192.0.2.9" in said
    assert "12" in said
    assert "sonarium device add" in said
    assert "nobody has knocked" in printed(knock_table([]))
