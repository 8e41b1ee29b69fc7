"""Runs a script of web/e2e in Debian's Chromium against a server of the test's own."""

import asyncio
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sonarium.app.archive import Archive, open_archive
from sonarium.app.settings import Settings
from sonarium.app.web_server import web_server
from sonarium.domain.principal import Role
from sonarium.services.people import PeopleService

ROOT = Path(__file__).resolve().parents[2]

needs_browser = pytest.mark.skipif(
    not (ROOT / "web" / "node_modules" / "playwright-core").is_dir()
    or shutil.which("chromium") is None
    or not (ROOT / "src" / "sonarium" / "web_assets" / "index.html").is_file(),
    reason="needs the built web application, playwright-core and Debian's chromium",
)


@dataclass(frozen=True, slots=True)
class Site:
    """A running web server and what is behind it."""

    address: str
    archive: Archive

    async def sign_in_address(self, role: Role) -> str:
        """Return an address that signs in somebody of a role, once."""
        people = PeopleService(self.archive.database)
        await people.add(role, f"SYNTHETIC {role}", [role])
        return f"{self.address}/sign-in#{await people.sign_in_link(role, timedelta(hours=1))}"


@asynccontextmanager
async def running_site(
    dsn: str,
    folder: Path,
    viewers: Mapping[str, object] | None = None,
    **branches: Mapping[str, object],
) -> AsyncIterator[Site]:
    """Serve an empty archive until the end of the block; `viewers` and the like are settings."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings.model_validate(
        {"data": folder, "http": {"port": port}, "viewers": viewers or {}, **branches}
    )
    async with open_archive(settings, dsn) as archive, web_server(archive, settings):
        yield Site(f"http://127.0.0.1:{port}", archive)


async def drive(script: str, folder: Path, *arguments: str) -> dict[str, Any]:
    """Run a script; its last argument is a folder for pictures. Returns the JSON it prints."""
    pictures = os.environ.get("SONARIUM_E2E_PICTURES", str(folder))
    process = await asyncio.create_subprocess_exec(
        "node",
        str(ROOT / "web" / "e2e" / script),
        *arguments,
        pictures,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(300):
        told, complaint = await process.communicate()
    assert process.returncode == 0, complaint.decode()
    read: dict[str, Any] = json.loads(told)
    return read
