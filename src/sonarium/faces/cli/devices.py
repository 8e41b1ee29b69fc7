"""Devices as a table."""

from collections.abc import Sequence

from rich.table import Table

from sonarium.domain.device import Device


def device_table(devices: Sequence[Device]) -> Table:
    """List devices; an empty table says how to add one."""
    table = Table(caption=None if devices else "none yet: sonarium device add AE_TITLE HOST PORT")
    for heading in ("AE title", "host", "port", "TLS", "description"):
        table.add_column(heading)
    for device in devices:
        tls = "yes" if device.tls else "no"
        table.add_row(device.ae_title, device.host, str(device.port), tls, device.description)
    return table
