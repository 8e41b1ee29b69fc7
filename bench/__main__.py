"""`./dev bench`: measure beside Orthanc or OHIF, print the table, write the JSON."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from bench import cost, ingest, large_archive, large_object, query, retrieve, viewer
from bench.measures import Measure
from bench.objects import (
    patient_name,
    write_cine,
    write_small_studies,
    write_study_of_stills,
)
from bench.report import print_cost, print_costs, print_row, print_table, write_costs, write_json
from bench.servers import NODELAY, orthanc, sonarium

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


@app.command(name="ingest")
def ingest_command(
    rounds: Annotated[int, typer.Option(help="How often each trial is taken.")] = 3,
    short: Annotated[bool, typer.Option(help="Fewer objects, for a quick look.")] = False,
) -> None:
    """How fast objects are taken in."""
    trials = ingest.trials(short=short)
    _tell(ingest.alternate(trials, rounds), "ingest")


@app.command(name="retrieve")
def retrieve_command() -> None:
    """How fast studies, frames and metadata are given back."""
    _tell(retrieve.measures(write_study_of_stills, write_cine), "retrieve")


@app.command(name="large")
def large_command(
    gigabytes: Annotated[float, typer.Option(help="Length of the object.")] = 2.0,
) -> None:
    """How much memory one object of gigabytes takes."""
    _tell(large_object.measures(gigabytes), "large")


@app.command(name="query")
def query_command(
    studies: Annotated[int, typer.Option(help="Studies in both archives.")] = 100_000,
) -> None:
    """How fast studies are found among many."""
    _tell(_queries(studies), f"query-{studies}")


@app.command(name="viewer")
def viewer_command(
    rounds: Annotated[int, typer.Option(help="How often each viewer is opened.")] = 3,
    seconds: Annotated[int, typer.Option(help="How long loops are watched.")] = 8,
) -> None:
    """How soon and how steadily loops show in the browser, beside OHIF."""
    _tell(viewer.measures(viewer.Trial(rounds, seconds)), "viewer", "OHIF")


@app.command(name="archive")
def archive_command(
    studies: Annotated[int, typer.Option(help="Studies in our archive.")] = 1_000_000,
) -> None:
    """How fast studies are found among very many, in Sonarium alone."""
    _tell(_large_archive(studies), f"archive-{studies}")


@app.command(name="cost")
def cost_command(
    protections: Annotated[
        list[str] | None, typer.Argument(help="access, audit, encryption; all when none is named")
    ] = None,
    rounds: Annotated[int, typer.Option(help="How often each is taken.")] = 5,
    part: Annotated[int, typer.Option(help="Divide the objects, for a quick look.")] = 1,
) -> None:
    """What protections cost: the same work with all of them and without one, in turns."""
    taken = []
    for one in cost.costs(protections or list(cost.PROTECTIONS), rounds, part):
        taken.append(one)
        print_cost(one)
    print_costs(taken, cost.MOST)
    typer.echo(f"written to {write_costs(taken, 'cost')}")


def _large_archive(studies: int) -> Iterator[Measure]:
    work = Path(tempfile.mkdtemp(prefix="sonarium-bench-"))
    try:
        with sonarium(work) as ours:
            large_archive.fill(ours, studies)
            yield from large_archive.measures(ours, studies)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _queries(studies: int) -> Iterator[Measure]:
    work = Path(tempfile.mkdtemp(prefix="sonarium-bench-"))
    try:
        folders = write_small_studies(work / "send", studies)
        number = studies // 2 + 7
        searches = query.searches(
            f"SYN{number:08d}", patient_name(number), f"ACC{number:08d}", "20260301"
        )
        many = ["StudyDate=20260301", "PatientName", "PatientID", "StudyInstanceUID"]
        with orthanc(work / "orthanc") as theirs, sonarium(work / "sonarium") as ours:
            for server in (theirs, ours):
                for folder in folders:
                    ingest.send(server, [folder], NODELAY)
            yield from query.compared(ours, theirs, searches, many, f"{studies:,} studies")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _tell(measures: Iterable[Measure], name: str, peer: str = "Orthanc") -> None:
    taken = []
    for measure in measures:
        taken.append(measure)
        print_row(measure, peer)
    print_table(taken, peer)
    typer.echo(f"written to {write_json(taken, name)}")


if __name__ == "__main__":
    app()
