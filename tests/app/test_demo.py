"""A synthetic department is served from a folder that goes with it."""

import asyncio
import io
import os
import signal
from pathlib import Path

import pytest
from rich.console import Console

from sonarium.app.demo import run_demo
from sonarium.app.settings import Settings


@pytest.mark.slow
async def test_the_department_is_filled_and_goes_with_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = io.StringIO()
    settings = Settings.model_validate({"http": {"port": free_port}, "dimse": {"port": 0}})
    announced: list[list[Path]] = []

    def announce() -> None:
        announced.append(list(tmp_path.glob("sonarium-demo-*")))

    running = asyncio.create_task(run_demo(settings, Console(file=said), announce, 1))
    async with asyncio.timeout(120):
        while "is complete" not in said.getvalue() and not running.done():
            await asyncio.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)
    await running
    assert f"http://localhost:{free_port}" in said.getvalue()
    ((folder,),) = announced
    assert not folder.exists()
