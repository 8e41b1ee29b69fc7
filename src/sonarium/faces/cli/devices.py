"""Devices as a table."""

from collections.abc import Sequence
from typing import Final

from rich.markup import escape
from rich.table import Table

from sonarium.domain.device import Device

_HOW_TO_ADD: Final = "none yet: sonarium device add AE_TITLE HOST PORT"


def device_table(devices: Sequence[Device]) -> Table:
    """List devices; an empty table says how to add one."""
    table = Table(caption=None if devices else _HOW_TO_ADD, min_width=len(_HOW_TO_ADD))
    for heading in ("AE title", "host", "port", "TLS", "description"):
        table.add_column(heading)
    for device in devices:
        tls = "yes" if device.tls else "no"
        cells = (device.ae_title, device.host, str(device.port), tls, device.description)
        table.add_row(*map(escape, cells))
    return table
