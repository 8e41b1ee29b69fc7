"""The DICOMweb conformance statement claims what the code does, and nothing else."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from sonarium.base.errors import PeerError, RequestError, SonariumError, UnavailableError
from sonarium.dicom.dictionary import keyword_of
from sonarium.dicom.pixels.encode import ENCODERS
from sonarium.dicom.pixels.errors import PixelError
from sonarium.dicom.uids import JPEG_BASELINE, RLE_LOSSLESS, uid_name
from sonarium.faces.dicomweb.capabilities import RESOURCES
from sonarium.faces.dicomweb.errors import STATUS
from sonarium.faces.dicomweb.frame_types import FRAME_TYPES, wanted_syntax
from sonarium.faces.dicomweb.media_types import OCTET_STREAM, MediaRange
from sonarium.faces.dicomweb.search import DEFAULTS, MOST_RESULTS
from sonarium.faces.dicomweb.store import FAILURE_REASON, MOST_METADATA_BYTES
from sonarium.faces.flow_guard import FlowSettings

STATEMENT = (
    Path(__file__).resolve().parents[2] / "docs" / "conformance" / "dicomweb.md"
).read_text()
BLOCK = re.compile(r"<!-- table: ([a-z_]+) -->\n\n(.*?)\n<!-- end of table -->", re.DOTALL)
PLAIN: Mapping[type[SonariumError], str] = {
    PeerError: "The message breaks the protocol.",
    RequestError: "The request is understood, and cannot be granted for another reason.",
    UnavailableError: "Storage, the index or another thing we need is down or full; try later.",
    PixelError: "The pixels of the object cannot be decoded, or not shown as asked.",
}
"""What the docstrings of the classes tell programmers, for readers of the statement."""


def table(heading: str, rows: Iterable[Iterable[object]]) -> str:
    titles = heading.split(" | ")
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def resources() -> str:
    return table(
        "resource | method | media types of the answer",
        (
            (f"`{path}`", method, ", ".join(f"`{kind}`" for kind in kinds))
            for path, methods in RESOURCES.items()
            for method, kinds in methods.items()
        ),
    )


def frame_types() -> str:
    return table(
        "stored transfer syntax | UID | media type of a frame",
        ((uid_name(uid), uid, f"`{kind}`") for uid, kind in FRAME_TYPES.items()),
    )


def default_syntaxes() -> str:
    kinds = (*dict.fromkeys(FRAME_TYPES.values()), OCTET_STREAM)
    other = {kind: JPEG_BASELINE if kind == OCTET_STREAM else RLE_LOSSLESS for kind in kinds}
    other["image/dicom-rle"] = JPEG_BASELINE
    meant = ((kind, wanted_syntax(MediaRange(kind), other[kind])) for kind in kinds)
    return table(
        "media type | transfer syntax | UID",
        ((f"`{kind}`", uid_name(uid), uid) for kind, uid in meant if uid is not None),
    )


def recoding_targets() -> str:
    lossless = (uid for uid, encoder in ENCODERS.items() if not encoder.lossy_method)
    return table("transfer syntax | UID", ((uid_name(uid), uid) for uid in lossless))


def search_attributes() -> str:
    return table(
        "level | attribute | tag",
        (
            (level.value, keyword_of(tag), f"({tag >> 16:04X},{tag & 0xFFFF:04X})")
            for level, tags in DEFAULTS.items()
            for tag in sorted(tags)
        ),
    )


def statuses() -> str:
    return table("status | error", _by_code(STATUS, "d"))


def failure_reasons() -> str:
    return table("reason | error", _by_code(FAILURE_REASON, "04X"))


FLOW = FlowSettings()


def limits() -> str:
    return table(
        "limit | value",
        (
            ("Matches in one answer of a search", MOST_RESULTS),
            ("Metadata with bulk values in one store request", f"{MOST_METADATA_BYTES >> 20} MiB"),
            (
                "Least pace of a request's body",
                f"{FLOW.least_bytes >> 10} KiB in {FLOW.sending_window.total_seconds():.0f} s",
            ),
        ),
    )


def _by_code(codes: Mapping[type[SonariumError], int], form: str) -> list[tuple[str, str]]:
    found: dict[int, list[str]] = {}
    for error, code in codes.items():
        line = PLAIN.get(error) or (error.__doc__ or "").strip().splitlines()[0]
        found.setdefault(code, []).append(re.sub(r": [0-9A-F]{4}H.*$", ".", line))
    return [(format(code, form), " ".join(found[code])) for code in sorted(found)]


TABLES: Mapping[str, Callable[[], str]] = {
    it.__name__: it
    for it in (
        *(resources, frame_types, default_syntaxes, recoding_targets),
        *(search_attributes, statuses, failure_reasons, limits),
    )
}


def test_every_table_is_in_the_statement_once() -> None:
    assert sorted(name for name, _ in BLOCK.findall(STATEMENT)) == sorted(TABLES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_is_that_of_the_code(name: str) -> None:
    assert dict(BLOCK.findall(STATEMENT))[name] == TABLES[name]()
