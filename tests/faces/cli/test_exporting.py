"""An export tells of itself, and names what was damaged."""

import io
from collections.abc import AsyncIterator

from rich.console import Console

from sonarium.faces.cli.exporting import show_export
from sonarium.services.export import ExportedFile, ExportOutcome


async def told(*files: ExportedFile) -> tuple[int, str]:
    async def run() -> AsyncIterator[ExportedFile]:
        for file in files:
            yield file

    said = io.StringIO()
    damaged = await show_export(run(), Console(file=said, width=120))
    return damaged, said.getvalue()


def count(printed: str, outcome: ExportOutcome) -> str:
    (line,) = (line for line in printed.splitlines() if line.startswith(f"│ {outcome.value} "))
    return line.split("│")[2].strip()


async def test_each_outcome_is_counted() -> None:
    damaged, printed = await told(
        ExportedFile("ST000001/SE000001/IM000001", ExportOutcome.WRITTEN, 10),
        ExportedFile("ST000001/SE000001/IM000002", ExportOutcome.WRITTEN, 10),
        ExportedFile("ST000001/SE000001/IM000003", ExportOutcome.THERE_ALREADY, 10),
    )
    assert damaged == 0
    assert count(printed, ExportOutcome.WRITTEN) == "2"
    assert count(printed, ExportOutcome.THERE_ALREADY) == "1"
    assert count(printed, ExportOutcome.DAMAGED) == "0"


async def test_what_was_damaged_is_named() -> None:
    damaged, printed = await told(
        ExportedFile("ST000001/SE000001/IM000001", ExportOutcome.DAMAGED),
        ExportedFile("ST000001/SE000001/IM000002", ExportOutcome.WRITTEN, 10),
    )
    assert damaged == 1
    assert "damaged, not written: ST000001/SE000001/IM000001" in printed
