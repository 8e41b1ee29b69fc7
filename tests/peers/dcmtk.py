"""DCMTK's tools as processes, beside the archive in this one."""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.peers.objects import Kept

from sonarium.dicom.part10 import split_part10

_PATIENCE_S = 90.0


@dataclass(frozen=True, slots=True)
class Finished:
    """What a tool said, and how it ended."""

    exit_code: int
    output: str


async def run(*command: str | Path) -> Finished:
    """Run a tool to its end."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        async with asyncio.timeout(_PATIENCE_S):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Finished(process.returncode or 0, output.decode(errors="replace"))


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@asynccontextmanager
async def storescp(folder: Path, *options: str) -> AsyncIterator[int]:
    """Run storescp, which keeps what it gets exactly as sent; gives its port."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        "storescp", "+B", "-od", str(folder), *options, str(port)
    )
    try:
        await _until_it_listens(port)
        yield port
    finally:
        process.kill()
        await process.wait()


async def _until_it_listens(port: int) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


def read_folder(folder: Path) -> set[Kept]:
    """Read every file that a tool wrote."""
    return {_read_file(path) for path in folder.iterdir() if path.is_file()}


def _read_file(path: Path) -> Kept:
    content = path.read_bytes()
    start = split_part10(content)
    return Kept(
        start.meta.media_storage_sop_class_uid,
        start.meta.media_storage_sop_instance_uid,
        start.transfer_syntax_uid,
        hashlib.sha256(content[start.data_set_offset :]).digest(),
    )
