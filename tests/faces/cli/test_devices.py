"""Devices as a table for people."""

from rich.console import Console
from rich.table import Table

from sonarium.domain.device import Device
from sonarium.faces.cli.devices import device_table


def printed(table: Table) -> str:
    console = Console(width=120)
    with console.capture() as said:
        console.print(table)
    return said.get()


def test_each_device_is_a_line_with_all_that_is_known_of_it() -> None:
    cart = Device("CART1", "192.0.2.7", 104, tls=True, description="Echo [room] 1")
    other = Device("ARCHIVE", "archive.example.org", 11112)
    cells = [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in printed(device_table([cart, other])).splitlines()
        if line.startswith("│")
    ]
    assert cells == [
        ["CART1", "192.0.2.7", "104", "yes", "Echo [room] 1"],
        ["ARCHIVE", "archive.example.org", "11112", "no", ""],
    ]


def test_an_empty_list_says_how_to_add_a_device() -> None:
    assert "sonarium device add AE_TITLE HOST PORT" in printed(device_table([]))
