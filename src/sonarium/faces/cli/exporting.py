"""How an export tells of itself."""

from collections import Counter
from collections.abc import AsyncIterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sonarium.services.export import ExportedFile, ExportOutcome


async def show_export(files: AsyncIterator[ExportedFile], console: Console) -> int:
    """Show files as they are written; returns how many were damaged."""
    counts: Counter[ExportOutcome] = Counter()
    damaged: list[str] = []
    with Progress(
        TextColumn("exporting"),
        BarColumn(),
        TextColumn("{task.completed:,} objects"),
        TimeElapsedColumn(),
        console=console,
    ) as progress:
        task = progress.add_task("export", total=None)
        async for file in files:
            counts[file.outcome] += 1
            if file.outcome is ExportOutcome.DAMAGED:
                damaged.append(file.name)
            progress.advance(task)
    table = Table(title="export")
    table.add_column("what became of it")
    table.add_column("objects", justify="right")
    for outcome in ExportOutcome:
        table.add_row(outcome.value, f"{counts[outcome]:,}")
    console.print(table)
    for name in damaged:
        console.print(f"damaged, not written: {name}", highlight=False)
    return len(damaged)
