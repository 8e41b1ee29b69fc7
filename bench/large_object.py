"""How much memory an object of gigabytes takes, in by C-STORE and STOW-RS, and out again."""

import asyncio
import hashlib
import http.client
import shutil
import struct
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from time import perf_counter
from typing import Self

from bench.measures import Measure
from bench.servers import AE_TITLE, Server, sonarium
from sonarium.base.identifiers import new_uid
from sonarium.dicom.part10 import file_meta, split_part10
from sonarium.net.requestor import PeerAddress, Proposal, associate
from sonarium.net.settings import AssociationSettings
from sonarium.peers.storage_scu import StorageSCU, plan_associations

US_MULTI_FRAME = "1.2.840.10008.5.1.4.1.1.3.1"
EXPLICIT = "1.2.840.10008.1.2.1"
ROWS, COLUMNS = 1024, 1024
FRAME_BYTES = ROWS * COLUMNS * 2
_BOUNDARY = "a-boundary-of-the-large-object"


@dataclass(frozen=True, slots=True)
class LargeObject:
    """A multi-frame object that is made while it is sent, never whole in memory."""

    frames: int
    study: str = field(default_factory=new_uid)
    series: str = field(default_factory=new_uid)
    instance: str = field(default_factory=new_uid)

    @property
    def head(self) -> bytes:
        """Everything before the pixels."""
        numbers = ((0x00280010, ROWS), (0x00280011, COLUMNS), (0x00280100, 16), (0x00280101, 16))
        elements = [
            _element(0x00080016, b"UI", US_MULTI_FRAME.encode()),
            _element(0x00080018, b"UI", self.instance.encode()),
            _element(0x00080060, b"CS", b"US"),
            _element(0x00100010, b"PN", b"SYNTHETIC^LARGE"),
            _element(0x00100020, b"LO", b"SYN-LARGE"),
            _element(0x0020000D, b"UI", self.study.encode()),
            _element(0x0020000E, b"UI", self.series.encode()),
            _element(0x00280002, b"US", struct.pack("<H", 1)),
            _element(0x00280004, b"CS", b"MONOCHROME2"),
            _element(0x00280008, b"IS", str(self.frames).encode()),
            *(_element(tag, b"US", struct.pack("<H", number)) for tag, number in numbers),
        ]
        pixels = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, self.frames * FRAME_BYTES)
        return b"".join(elements) + pixels

    def chunks(self) -> Iterator[bytes]:
        """Make the data set, a frame at a time."""
        yield self.head
        for number in range(self.frames):
            yield struct.pack("<I", number) * (FRAME_BYTES // 4)

    @property
    def sha256(self) -> str:
        """Of the data set."""
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()

    @property
    def length(self) -> int:
        """Of the data set, in bytes."""
        return len(self.head) + self.frames * FRAME_BYTES


def _element(tag: int, vr: bytes, value: bytes) -> bytes:
    if len(value) % 2:
        value += b"\0" if vr == b"UI" else b" "
    return struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr, len(value)) + value


async def _send(server: Server, large: LargeObject) -> None:
    [(contexts, _)] = plan_associations({(US_MULTI_FRAME, EXPLICIT)}, 128)
    proposal = Proposal(
        calling_ae_title="LARGE", called_ae_title=AE_TITLE, presentation_contexts=contexts
    )

    async def stream() -> AsyncIterator[bytes]:
        for chunk in large.chunks():
            yield chunk

    address = PeerAddress("127.0.0.1", server.dimse_port)
    async with await associate(address, proposal, AssociationSettings()) as association:
        scu = StorageSCU(association)
        status = await scu.store(US_MULTI_FRAME, large.instance, EXPLICIT, stream())
    if status:
        raise RuntimeError(f"refused with {status:04X}H")


def _stow(server: Server, large: LargeObject) -> None:
    def body() -> Iterator[bytes]:
        yield f"--{_BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        yield file_meta(
            sop_class_uid=US_MULTI_FRAME,
            sop_instance_uid=large.instance,
            transfer_syntax_uid=EXPLICIT,
        )
        yield from large.chunks()
        yield f"\r\n--{_BOUNDARY}--\r\n".encode()

    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=600)
    connection.request(
        "POST",
        f"{server.root}/studies",
        body=body(),
        headers={
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={_BOUNDARY}',
            **server.headers,
        },
        encode_chunked=True,
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(f"refused with {answer.status}")


def _fetched(server: Server, large: LargeObject) -> str:
    """Fetch the file and return the SHA-256 of its data set."""
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=600)
    path = f"{server.root}/studies/{large.study}/series/{large.series}/instances/{large.instance}"
    connection.request("GET", path, headers={"Accept": "application/dicom", **server.headers})
    answer = connection.getresponse()
    start = answer.read(64 * 1024)
    digest = hashlib.sha256(start[split_part10(start).data_set_offset :])
    while chunk := answer.read(1024 * 1024):
        digest.update(chunk)
    connection.close()
    return digest.hexdigest()


class _Watch:
    """Samples the memory of all processes of a server, PostgreSQL excluded."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self.peak_mib = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(0.1):
            self.peak_mib = max(self.peak_mib, self._server.memory_mib())


def measures(gigabytes: float) -> Iterator[Measure]:
    """Store one object through each door and fetch it; the bytes must be the same."""
    work = Path(tempfile.mkdtemp(prefix="sonarium-bench-"))
    frames = round(gigabytes * 2**30 / FRAME_BYTES)
    try:
        with sonarium(work / "sonarium") as server:
            yield Measure(
                "memory before, all processes", "MiB", "lower", server.memory_mib(), None, None
            )
            for door in ("C-STORE", "STOW-RS"):
                large = LargeObject(frames)
                begin = perf_counter()
                with _Watch(server) as watch:
                    if door == "C-STORE":
                        asyncio.run(_send(server, large))
                    else:
                        _stow(server, large)
                rate = large.length / 2**20 / (perf_counter() - begin)
                name = f"{door} of {gigabytes:g} GB"
                yield Measure(f"{name}: peak memory", "MiB", "lower", watch.peak_mib, None, None)
                yield Measure(f"{name}: rate", "MiB/s", "higher", rate, None, None)
                with _Watch(server) as watch:
                    if _fetched(server, large) != large.sha256:
                        raise RuntimeError("what came back is not what was sent")
                name = f"WADO-RS of the same {gigabytes:g} GB"
                yield Measure(f"{name}: peak memory", "MiB", "lower", watch.peak_mib, None, None)
    finally:
        shutil.rmtree(work, ignore_errors=True)
