"""An archive in this process, reached through its web application without a socket."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from sonarium.app.archive import Archive, open_archive
from sonarium.app.settings import Settings
from sonarium.app.web_server import application_of
from sonarium.services.change_feed import ChangeFeed


@dataclass(frozen=True, slots=True)
class WebArchive:
    """The application, and the services behind it."""

    client: httpx.AsyncClient
    archive: Archive
    feed: ChangeFeed

    async def stow(self, *files: bytes) -> httpx.Response:
        """Store files by STOW-RS."""
        parts = b"".join(
            b"--part\r\nContent-Type: application/dicom\r\n\r\n" + file + b"\r\n" for file in files
        )
        return await self.client.post(
            "/dicom-web/studies",
            content=parts + b"--part--\r\n",
            headers={
                "Content-Type": 'multipart/related; type="application/dicom"; boundary=part',
                "Accept": "application/dicom+json",
            },
        )


@pytest.fixture
async def web(dsn: str, tmp_path: Path) -> AsyncIterator[WebArchive]:
    """An empty archive of the test's own."""
    settings = Settings(data=tmp_path)
    async with AsyncExitStack() as stack:
        archive = await stack.enter_async_context(open_archive(settings, dsn))
        feed = ChangeFeed(archive.database)
        client = await stack.enter_async_context(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(application_of(archive, settings, feed)),
                base_url="http://127.0.0.1",
            )
        )
        yield WebArchive(client, archive, feed)
