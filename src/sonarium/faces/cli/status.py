"""What the archive holds, as a table."""

from rich.table import Table

from sonarium.services.system_status import ArchiveCounts


def status_table(counts: ArchiveCounts, *, is_served: bool) -> Table:
    """Show counts, and what waits for a person."""
    table = Table(show_header=False, title="Sonarium")
    table.add_row("serving", "yes" if is_served else "no: start it with `sonarium serve`")
    table.add_row("studies", f"{counts.studies:,}")
    table.add_row("objects", f"{counts.instances:,}")
    table.add_row("in quarantine", f"{counts.quarantined:,}")
    table.add_row("damaged", f"{counts.damaged:,}")
    return table
