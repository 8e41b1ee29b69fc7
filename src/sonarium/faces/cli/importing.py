"""How an import tells of itself: a progress bar, and a table at the end."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

from rich.console import Console, Group
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from sonarium.base.errors import UnavailableError
from sonarium.services.import_ import ImportedFile, ImportOutcome

_TOLD_ONE_BY_ONE = (ImportOutcome.REFUSED, ImportOutcome.SET_ASIDE)
_MOST_TOLD = 200


async def show_import(files: AsyncIterator[ImportedFile], total: int, console: Console) -> int:
    """Show files as they go in; returns how many were refused or set aside."""
    counts: Counter[ImportOutcome] = Counter()
    told: list[ImportedFile] = []
    size = 0
    with Progress(
        TextColumn("importing"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as progress:
        task = progress.add_task("import", total=total)
        try:
            async for file in files:
                counts[file.outcome] += 1
                if file.outcome is ImportOutcome.STORED:
                    size += file.size_bytes
                if file.outcome in _TOLD_ONE_BY_ONE:
                    told.append(file)
                progress.advance(task)
        except (asyncio.CancelledError, UnavailableError):
            progress.stop()
            console.print(_summary(counts, told, size))
            left = total - counts.total()
            console.print(f"Stopped with {left:,} files left; the same command goes on from here.")
            raise
    console.print(_summary(counts, told, size))
    return sum(counts[outcome] for outcome in _TOLD_ONE_BY_ONE)


def _summary(counts: Counter[ImportOutcome], told: list[ImportedFile], size: int) -> Group:
    table = Table(title=f"{size / 2**20:,.1f} MiB stored")
    table.add_column("what became of it")
    table.add_column("files", justify="right")
    for outcome in ImportOutcome:
        table.add_row(outcome.value, f"{counts[outcome]:,}")
    if not told:
        return Group(table)
    reasons = Table(title="refused or set aside")
    for heading in ("file", "outcome", "why"):
        reasons.add_column(heading, overflow="fold")
    for file in told[:_MOST_TOLD]:
        reasons.add_row(escape(file.name), file.outcome.value, escape(file.reason))
    if len(told) > _MOST_TOLD:
        reasons.caption = f"and {len(told) - _MOST_TOLD:,} more"
    return Group(reasons, table)
