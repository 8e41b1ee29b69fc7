"""What the archive holds, as a table."""

import shutil
from pathlib import Path

from rich.table import Table

from sonarium.services.system_status import ArchiveCounts


def status_table(counts: ArchiveCounts, folder: Path, *, is_served: bool) -> Table:
    """Show counts, room, and what waits for a person."""
    table = Table(show_header=False, title="Sonarium", title_justify="left")
    table.add_column()
    table.add_column(overflow="fold")
    start = f"no: start it with `sonarium serve --data {folder}`"
    table.add_row("data folder", str(folder))
    table.add_row("serving", "yes" if is_served else start)
    table.add_row("studies", f"{counts.studies:,}")
    table.add_row("series", f"{counts.series:,}")
    table.add_row("objects", f"{counts.instances:,} ({counts.stored_bytes / 2**20:,.1f} MiB)")
    table.add_row("free space", f"{shutil.disk_usage(folder).free / 2**30:,.1f} GiB")
    table.add_row("in quarantine", f"{counts.quarantined:,}")
    table.add_row("damaged", f"{counts.damaged:,}")
    return table
