"""The table for a person and the JSON for a machine."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.cost import Cost
from bench.measures import Measure

RESULTS = Path(__file__).parent / "results"


def print_table(measures: Sequence[Measure], peer: str = "Orthanc") -> None:
    """Print every figure with its ratio and whether what is wanted is reached."""
    table = Table(title=f"Sonarium beside {peer}, same run, same machine")
    for heading in ("what", "unit", "Sonarium", peer, "ratio", "wanted", ""):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for measure in measures:
        verdict = {True: "[green]reached[/]", False: "[red]not reached[/]", None: ""}
        table.add_row(
            measure.name,
            measure.unit,
            f"{measure.ours:,.2f}",
            "" if measure.peers is None else f"{measure.peers:,.2f}",
            "" if measure.ratio is None else f"{measure.ratio:.2f}×",
            _wanted(measure),
            verdict[measure.is_reached],
        )
    Console(width=120).print(table)


def print_row(measure: Measure, peer: str = "Orthanc") -> None:
    """Print one figure as soon as it is known."""
    beside = "" if measure.peers is None else f", {peer} {measure.peers:,.2f}"
    ratio = "" if measure.ratio is None else f": {measure.ratio:.2f}×"
    print(f"{measure.name}: {measure.ours:,.2f} {measure.unit}{beside}{ratio}", flush=True)


def _wanted(measure: Measure) -> str:
    if measure.most is not None:
        return f"≤ {measure.most:g}"
    return "" if measure.wanted is None else f"≥ {measure.wanted:g}×"


def write_json(measures: Sequence[Measure], name: str) -> Path:
    """Write the figures under `bench/results/` and return the file."""
    return _write(
        name,
        [
            {**asdict(measure), "ratio": measure.ratio, "reached": measure.is_reached}
            for measure in measures
        ],
    )


def print_cost(cost: Cost) -> None:
    """Print what one protection adds to one piece of work as soon as it is known."""
    on, off = cost.cpu_ms
    print(
        f"{cost.name}: {cost.protection} {cost.share:+.0%} ({on:.2f} for {off:.2f} ms)", flush=True
    )


def print_costs(costs: Sequence[Cost], most: float) -> None:
    """Print what protections add, and whether that is little enough."""
    table = Table(title="Processor time of all our processes, for each object or answer")
    for heading in ("what", "protection", "on", "off", "adds", "", "rounds"):
        table.add_column(heading, justify="left" if heading in {"what", "protection"} else "right")
    for cost in costs:
        on, off = cost.cpu_ms
        table.add_row(
            cost.name,
            cost.protection,
            f"{on:.2f} ms",
            f"{off:.2f} ms",
            f"{cost.share:+.0%}",
            "[green]reached[/]" if cost.share < most else "[red]not reached[/]",
            f"{len(cost.on)}",
        )
    Console(width=120).print(table)


def write_costs(costs: Sequence[Cost], name: str) -> Path:
    """Write what a protection costs, and return the file."""
    return _write(name, [{**asdict(cost), "share": cost.share} for cost in costs])


def _write(name: str, measures: Sequence[object]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(
        json.dumps(
            {
                "taken": datetime.now(UTC).isoformat(timespec="seconds"),
                "python": platform.python_version(),
                "machine": platform.machine(),
                "measures": measures,
            },
            indent=2,
        )
    )
    return path
