"""How fast a study is found, in an archive of 100,000 studies, over HTTP and by findscu."""

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx

from bench.measures import Measure, median_ms
from bench.replayed import record, replaying
from bench.servers import AE_TITLE, NODELAY, Server


@dataclass(frozen=True, slots=True)
class Search:
    """One QIDO-RS search for studies."""

    name: str
    keys: Mapping[str, str]


def searches(patient_id: str, name: str, accession: str, date: str) -> list[Search]:
    """List the searches that a person makes all day, each limited as a viewer limits it."""
    return [
        Search("patient ID", {"PatientID": patient_id}),
        Search("patient name, exact", {"PatientName": name}),
        Search("patient name, prefix", {"PatientName": name[:-2] + "*", "limit": "50"}),
        Search("patient name, contains", {"PatientName": f"*{name[-6:]}*", "limit": "50"}),
        Search("accession number", {"AccessionNumber": accession}),
        Search("study date", {"StudyDate": date, "limit": "50"}),
        Search("study date range", {"StudyDate": f"{date}-{date}", "limit": "50"}),
        Search("modalities in study", {"ModalitiesInStudy": "SR", "limit": "50"}),
    ]


def search_ms(server: Server, search: Search, times: int = 30) -> float:
    """Return the median time of one search, in milliseconds."""
    with httpx.Client(
        base_url=server.dicomweb, headers=dict(server.headers), timeout=120
    ) as client:

        def ask() -> None:
            client.get("/studies", params=dict(search.keys)).raise_for_status()

        return median_ms(ask, times)


def findscu(keys: list[str], port: int) -> None:
    """Run findscu once."""
    subprocess.run(
        [
            *("findscu", "-q", "-S", "-aec", AE_TITLE, "-k", "QueryRetrieveLevel=STUDY"),
            *(part for key in keys for part in ("-k", key)),
            *("127.0.0.1", str(port)),
        ],
        env=dict(NODELAY),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def findscu_ms(keys: list[str], port: int, times: int = 7) -> float:
    """Return the median time of a whole findscu run, in milliseconds."""
    return median_ms(lambda: findscu(keys, port), times, 1)


def compared(
    ours: Server, theirs: Server | None, wanted: list[Search], many: list[str], size: str
) -> Iterator[Measure]:
    """Take every search on both archives in turns; `many` are findscu keys with ~700 matches."""
    for search in wanted:
        peers = None if theirs is None else search_ms(theirs, search, 9)
        yield Measure(
            f"QIDO by {search.name}, {size}",
            "ms",
            "lower",
            search_ms(ours, search),
            peers,
            None if peers is None else 10,
        )
    peers = None if theirs is None else findscu_ms(many, theirs.dimse_port)
    yield Measure(
        f"findscu with 700 matches, {size}",
        "ms",
        "lower",
        findscu_ms(many, ours.dimse_port),
        peers,
        None if peers is None else 10,
    )
    with replaying(record(ours.dimse_port, lambda port: findscu(many, port))) as port:
        yield Measure(
            "the same findscu, our answers replayed by a bare socket",
            "ms",
            "lower",
            findscu_ms(many, port),
            peers,
            None,
        )
