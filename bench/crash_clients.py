"""Senders for the crash trials: they write down every success durably before the next object.

Run as `python -m bench.crash_clients dimse|stow PORT AE_TITLE LEDGER FIRST`; end with SIGTERM.
"""

import hashlib
import json
import logging
import os
import random
import struct
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pynetdicom import AE

from sonarium.dicom.part10 import file_meta

US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"
EXPLICIT = "1.2.840.10008.1.2.1"
SIZES = (3_000, 65_000, 65_000, 65_000, 3_000_000)
SEND_AGAIN = 0.1
"""Share of objects that are sent a second time, as scanners do."""
AUTHORIZATION = "CRASH_TRIAL_AUTHORIZATION"
"""Variable of the environment with what lets senders in over HTTP."""
_BOUNDARY = "a-boundary-of-the-crash-trials"


@dataclass(frozen=True, slots=True)
class Sent:
    """One object as it was sent; `sha256` is of its data set."""

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sha256: str


def make_object(number: int) -> tuple[Sent, bytes]:
    """Make a synthetic object; the same number gives the same bytes."""
    dice = random.Random(number)
    pixels = dice.randbytes(dice.choice(SIZES) // 2 * 2)
    study, series = f"2.25.7{number // 40}", f"2.25.8{number // 20}"
    instance = f"2.25.9{number}"
    elements = (
        (0x00080016, b"UI", US_IMAGE.encode()),
        (0x00080018, b"UI", instance.encode()),
        (0x00080060, b"CS", b"US"),
        (0x00100010, b"PN", b"SYNTHETIC^CRASH"),
        (0x00100020, b"LO", b"SYNTHETIC-CRASH"),
        (0x0020000D, b"UI", study.encode()),
        (0x0020000E, b"UI", series.encode()),
        (0x00200013, b"IS", str(number % 1000).encode()),
        (0x7FE00010, b"OB", pixels),
    )
    data_set = b"".join(_element(*one) for one in elements)
    return Sent(study, series, instance, hashlib.sha256(data_set).hexdigest()), data_set


def _element(tag: int, vr: bytes, value: bytes) -> bytes:
    if len(value) % 2:
        value += b"\0" if vr == b"UI" else b" "
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    length = struct.pack("<HI", 0, len(value)) if vr == b"OB" else struct.pack("<H", len(value))
    return head + length + value


def part10(sent: Sent, data_set: bytes) -> bytes:
    """Write an object as a file."""
    meta = file_meta(
        sop_class_uid=US_IMAGE,
        sop_instance_uid=sent.sop_instance_uid,
        transfer_syntax_uid=EXPLICIT,
    )
    return meta + data_set


def numbers(first: int) -> Iterator[int]:
    """Number the objects of one client, some of them twice."""
    dice = random.Random(first)
    number = first
    while True:
        yield number
        if dice.random() < SEND_AGAIN:
            yield number
        number += 1


def write_down(ledger: int, sent: Sent) -> None:
    """Note a success so that it survives anything that happens to us."""
    os.write(ledger, json.dumps(asdict(sent)).encode() + b"\n")
    os.fsync(ledger)


def send_by_dimse(port: int, ae_title: str, ledger: int, first: int) -> None:
    """Store one object after the other; after a failure, associate again."""
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
    entity = AE(ae_title="CRASH")
    entity.add_requested_context(US_IMAGE, EXPLICIT)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = 20
    path = Path(tempfile.mkdtemp(prefix="sonarium-crash-client-")) / "object.dcm"
    association = None
    for number in numbers(first):
        sent, data_set = make_object(number)
        path.write_bytes(part10(sent, data_set))
        while True:
            if association is None or not association.is_established:
                association = entity.associate("127.0.0.1", port, ae_title=ae_title)
                if not association.is_established:
                    time.sleep(0.1)
                    continue
            try:
                status = association.send_c_store(path)
            except (RuntimeError, ValueError):
                continue
            if status and status.Status == 0:
                write_down(ledger, sent)
                break
            time.sleep(0.05)


def send_by_stow(port: int, _ae_title: str, ledger: int, first: int) -> None:
    """Store one object after the other over STOW-RS."""
    url = f"http://127.0.0.1:{port}/dicom-web/studies"
    kind = f'multipart/related; type="application/dicom"; boundary={_BOUNDARY}'
    headers = {"Authorization": os.environ[AUTHORIZATION]}
    for number in numbers(first):
        sent, data_set = make_object(number)
        head = f"--{_BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        body = head + part10(sent, data_set) + f"\r\n--{_BOUNDARY}--\r\n".encode()
        request = urllib.request.Request(
            url, body, {"Content-Type": kind, "Accept": "application/dicom+json", **headers}
        )
        while True:
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    answered = json.loads(answer.read() or b"{}")
            except (OSError, ValueError, urllib.error.URLError):
                time.sleep(0.1)
                continue
            if "00081199" in answered and "00081198" not in answered:
                write_down(ledger, sent)
            break


SENDERS: dict[str, Callable[[int, str, int, int], None]] = {
    "dimse": send_by_dimse,
    "stow": send_by_stow,
}


def main() -> None:
    """Send until told to stop."""
    door, port, ae_title, ledger, first = sys.argv[1:]
    descriptor = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    SENDERS[door](int(port), ae_title, descriptor, int(first))


if __name__ == "__main__":
    main()
