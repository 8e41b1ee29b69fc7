"""A synthetic department is served from a folder that goes with it."""

import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("sonarium")


@pytest.mark.slow
async def test_the_department_is_filled_and_goes_with_ctrl_c(free_port: int) -> None:
    with tempfile.TemporaryDirectory() as folder:  # its path is short enough for a socket
        await see_through(Path(folder), free_port)


async def see_through(temporary: Path, free_port: int) -> None:
    temporary.chmod(0o711)
    demo = await asyncio.create_subprocess_exec(
        *(PROGRAM, "demo", "--studies", "1"),
        *("--http-port", str(free_port), "--dimse-port", "0"),
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert demo.stdout is not None
    said = ""
    async with asyncio.timeout(120):
        async for line in demo.stdout:
            said += line.decode()
            if "is complete" in said:
                break
    (folder,) = temporary.glob("sonarium-demo-*")
    assert f"http://localhost:{free_port}" in said
    demo.send_signal(signal.SIGINT)
    async with asyncio.timeout(60):
        await demo.communicate()
    assert demo.returncode == 0
    assert not folder.exists()
