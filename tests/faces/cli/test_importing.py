"""An import tells of itself while it runs, at its end, and when it is stopped."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence

import pytest
from rich.console import Console

from sonarium.base.errors import UnavailableError
from sonarium.faces.cli.importing import show_import
from sonarium.services.import_ import ImportedFile, ImportOutcome

STORED = ImportedFile("a.dcm", ImportOutcome.STORED, size_bytes=2**20)
THERE = ImportedFile("b.dcm", ImportOutcome.ALREADY_PRESENT, size_bytes=2**20)
REFUSED = ImportedFile("c.dcm", ImportOutcome.REFUSED, "the data set ends within an element")
SET_ASIDE = ImportedFile("d.dcm", ImportOutcome.SET_ASIDE, "other bytes are kept")


async def told(
    files: Sequence[ImportedFile | BaseException], total: int | None = None
) -> tuple[int, str]:
    async def run() -> AsyncIterator[ImportedFile]:
        for file in files:
            if isinstance(file, BaseException):
                raise file
            yield file

    said = io.StringIO()
    console = Console(file=said, width=120)
    try:
        unwell = await show_import(run(), len(files) if total is None else total, console)
    except (UnavailableError, asyncio.CancelledError) as error:
        raise type(error)(said.getvalue()) from error
    return unwell, said.getvalue()


def count(printed: str, outcome: ImportOutcome) -> str:
    (line,) = (line for line in printed.splitlines() if line.startswith(f"│ {outcome.value} "))
    return line.split("│")[2].strip()


async def test_each_outcome_is_counted_and_what_was_stored_is_measured() -> None:
    unwell, printed = await told([STORED, STORED, THERE])
    assert unwell == 0
    assert "2.0 MiB stored" in printed
    assert count(printed, ImportOutcome.STORED) == "2"
    assert count(printed, ImportOutcome.ALREADY_PRESENT) == "1"
    assert count(printed, ImportOutcome.REFUSED) == "0"
    assert "why" not in printed


async def test_what_was_refused_or_set_aside_is_named_with_its_reason() -> None:
    unwell, printed = await told([STORED, REFUSED, SET_ASIDE])
    assert unwell == 2
    for file in (REFUSED, SET_ASIDE):
        (line,) = (line for line in printed.splitlines() if file.name in line)
        assert file.outcome.value in line
        assert file.reason in line
    assert "a.dcm" not in printed


async def test_a_flood_of_refusals_is_cut_and_the_rest_is_counted() -> None:
    unwell, printed = await told([REFUSED] * 1201)
    assert unwell == 1201
    assert printed.count(REFUSED.reason) == 200
    assert "and 1,001 more" in printed


async def test_a_name_is_shown_as_it_is_whatever_it_holds() -> None:
    _, printed = await told([ImportedFile("[red]x[/y].dcm", ImportOutcome.REFUSED, "[no] reason")])
    assert "[red]x[/y].dcm" in printed
    assert "[no] reason" in printed


@pytest.mark.parametrize("end", [UnavailableError("disk full"), asyncio.CancelledError()])
async def test_a_stopped_import_says_what_is_done_and_how_to_go_on(end: BaseException) -> None:
    with pytest.raises(type(end)) as stopped:
        await told([STORED, THERE, end], total=10)
    printed = str(stopped.value)
    assert count(printed, ImportOutcome.STORED) == "1"
    assert "Stopped with 8 files left; the same command goes on from here." in printed
