"""Mutates real data sets and feeds them to everything that reads one.

    python -m tests.fuzz.data_set --runs 100000 --seed 1

Only `RequestError` may come out, memory must stay bounded, and no input may take
longer than a second. A failing input is written beside the report.
"""

import argparse
import contextlib
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sonarium.base.errors import RequestError
from sonarium.dicom.encode import decode_identifier
from sonarium.dicom.frames import pack_frames, unpack_frames
from sonarium.dicom.header import header_of, pack_header, unpack_header
from sonarium.dicom.json_model import header_to_json, header_to_json_bytes, json_to_data_set
from sonarium.dicom.level_attributes import (
    InstanceAttributes,
    patient_attributes,
    series_attributes,
    study_attributes,
)
from sonarium.dicom.part10 import split_part10
from sonarium.dicom.scanner import DataSetScanner
from sonarium.dicom.uids import TRANSFER_SYNTAXES
from sonarium.dicom.xml_model import header_to_xml, xml_to_attributes

LONGEST_SEED = 60_000
SLOWEST_SECONDS = 1.0
INTERESTING = (
    b"\xff\xff\xff\xff", b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0",
    b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f", b"SQ\x00\x00", b"UN\x00\x00", b"OB\x00\x00",
    b"\xe0\x7f\x10\x00", b"\x08\x00\x05\x00", b"\x1b$B", b"\\ISO 2022 IR 87", b"\xff\xd8\xff\xd9",
    b"\x08\x00\x40\x11", b"\x28\x00\x08\x00", b"\x00\x80", b"\x01\x00",
)  # fmt: skip
SYNTAXES = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.1.99",
)


def seeds(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the data sets of small enough files, with their transfer syntax."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix in {".md", ".tsv", ".raw", ".dump"}:
            continue
        raw = path.read_bytes()
        try:
            start = split_part10(raw)
        except RequestError:
            continue
        yield start.transfer_syntax_uid, raw[start.data_set_offset :][:LONGEST_SEED]


def mutate(chance: random.Random, encoded: bytes) -> bytes:
    """Change, cut, repeat or splice some bytes."""
    mutated = bytearray(encoded)
    for _ in range(chance.choice((1, 1, 2, 3, 8, 30))):
        at = chance.randrange(len(mutated) + 1) if chance.random() < 0.3 else 0
        at = min(len(mutated), at + chance.randrange(600))
        kind = chance.randrange(6)
        if kind == 0 and at < len(mutated):
            mutated[at] = chance.randrange(256)
        elif kind == 1:
            token = chance.choice(INTERESTING)
            mutated[at : at + len(token)] = token
        elif kind == 2:
            mutated[at:at] = chance.choice(INTERESTING)
        elif kind == 3:
            del mutated[at : at + chance.randrange(1, 40)]
        elif kind == 4:
            mutated[at:at] = mutated[at : at + chance.randrange(1, 200)] * chance.randrange(1, 4)
        elif chance.random() < 0.1:
            del mutated[at:]
    return bytes(mutated)


def read_everything(transfer_syntax_uid: str, encoded: bytes, cut: int) -> None:
    """Scan in pieces of `cut` bytes, then decode whatever can be decoded."""
    scanner = DataSetScanner(transfer_syntax_uid)
    for at in range(0, len(encoded), cut):
        scanner.feed(memoryview(encoded)[at : at + cut])
    scanned = scanner.finish()
    header = unpack_header(pack_header(scanned))
    attributes = header_to_json(header_of(scanned), str)
    if attributes != header_to_json(header, str):
        raise AssertionError("the kept header reads differently")
    header_to_json_bytes(header, str)
    for read in (patient_attributes, study_attributes, series_attributes, InstanceAttributes().of):
        read(header)
    for path, element in header.walk():
        extent = header.extent(path)
        if extent is not None and extent.offset + extent.length > scanned.length:
            raise AssertionError("an extent lies outside the data set")
        if element.raw and extent is not None and not scanned.transfer_syntax_uid.endswith(".99"):
            stored = encoded[extent.offset : extent.offset + extent.length]
            if stored != element.raw:
                raise AssertionError("an extent does not hold its value")
    for tag in header.tags():
        for decode in (header.text, header.integer, header.decimals, header.date, header.time):
            decode(tag)
    if scanned.frames is not None:
        frames = unpack_frames(pack_frames(scanned.frames))
        for frame in (0, frames.count - 1):
            for offset, length in frames.extents(frame):
                if offset + length > scanned.length:
                    raise AssertionError("a frame lies outside the data set")
    write_again(transfer_syntax_uid, attributes, header_to_xml(header, str))


def write_again(transfer_syntax_uid: str, attributes: object, document: bytes) -> None:
    """Encode what was decoded; a value that does not fit its VR may be refused."""
    for given in (attributes, xml_to_attributes(document)):
        try:
            encoded = json_to_data_set(given, transfer_syntax_uid, lambda _uri: b"bulk")
        except RequestError:
            continue
        scanner = DataSetScanner(transfer_syntax_uid)
        scanner.feed(encoded)
        scanner.finish()


def main() -> int:
    """Run until `--runs` inputs are through; return 1 when one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--testdata", type=Path, default=Path(__file__).parents[3] / "shared/testdata/dicom"
    )
    options = parser.parse_args()
    chance = random.Random(options.seed)
    corpus = list(seeds(options.testdata))
    accepted, slowest = 0, 0.0
    for run in range(options.runs):
        uid, encoded = chance.choice(corpus)
        if chance.random() < 0.1:
            uid = chance.choice((*SYNTAXES, *TRANSFER_SYNTAXES))
        mutated = mutate(chance, encoded)
        cut = chance.choice((1 << 20, 1 << 20, 4096, 977, 64))
        began = time.perf_counter()
        try:
            with contextlib.suppress(RequestError):
                read_everything(uid, mutated, cut)
                accepted += 1
            if len(mutated) < 4096:
                with contextlib.suppress(RequestError):
                    decode_identifier(mutated, uid)
            took = time.perf_counter() - began
            slowest = max(slowest, took)
            if took > SLOWEST_SECONDS:
                raise AssertionError(f"took {took:.1f} s")
        except Exception:
            kept = Path(tempfile.gettempdir()) / f"data-set-{options.seed}-{run}.bin"
            kept.write_bytes(mutated)
            sys.stderr.write(f"run {run}, syntax {uid}, pieces of {cut}: kept in {kept}\n")
            raise
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(
        f"{options.runs} inputs, {accepted} accepted, slowest {slowest * 1000:.0f} ms, "
        f"peak {peak} MiB\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
