"""Devices as a table."""

from collections.abc import Sequence
from typing import Final

from rich.markup import escape
from rich.table import Table

from sonarium.domain.device import Device, Knock

_HOW_TO_ADD: Final = "none yet: sonarium device add AE_TITLE HOST PORT"


def device_table(devices: Sequence[Device]) -> Table:
    """List devices; an empty table says how to add one."""
    table = Table(caption=None if devices else _HOW_TO_ADD, min_width=len(_HOW_TO_ADD))
    for heading in ("AE title", "host", "port", "TLS", "may", "of", "description"):
        table.add_column(heading)
    for device in devices:
        tls = "yes" if device.tls else "no"
        may = ", ".join(device.may)
        cells = (device.ae_title, device.host, str(device.port), tls, may, device.department)
        table.add_row(*map(escape, (*cells, device.description)))
    return table


def knock_table(knocks: Sequence[Knock]) -> Table:
    """List refused callers, the latest first."""
    table = Table(
        caption="let one in: sonarium device add AE_TITLE ADDRESS PORT --may store"
        if knocks
        else "nobody has knocked"
    )
    for heading in ("AE title", "address", "certificate", "times", "last"):
        table.add_column(heading)
    for knock in knocks:
        last = knock.last_at.astimezone().isoformat(" ", "seconds")
        cells = (knock.ae_title, knock.address, knock.certificate, str(knock.times), last)
        table.add_row(*map(escape, cells))
    return table
