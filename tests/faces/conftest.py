"""An archive in this process, reached through its web application without a socket."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.conftest import fresh_database
from tests.in_process import InProcess
from tests.signing_in import bearer_of

from sonarium.app.archive import Archive, open_archive
from sonarium.app.settings import Settings
from sonarium.app.web_server import application_of
from sonarium.db.embedded import EmbeddedPostgres
from sonarium.dicom.header import header_of
from sonarium.dicom.part10 import split_part10
from sonarium.dicom.scanner import DataSetScanner
from sonarium.domain.selection import Selection
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
    async with web_archive(dsn, tmp_path) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class Shelf:
    """A filled archive that tests only read; objects by the names of their files."""

    web: WebArchive
    selections: Mapping[str, Selection]
    files: Mapping[str, bytes]

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Fetch a path below the DICOMweb root; header names with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.web.client.get(f"/dicom-web{path}", headers=named)

    def instance(self, name: str) -> str:
        """Return the path of an object."""
        one = self.selections[name]
        return (
            f"/studies/{one.study_instance_uid}/series/{one.series_instance_uid}"
            f"/instances/{one.sop_instance_uid}"
        )

    def study(self, name: str) -> str:
        """Return the path of an object's study."""
        return f"/studies/{self.selections[name].study_instance_uid}"

    def data_set(self, name: str) -> bytes:
        """Return an object as it was sent, without its file meta."""
        content = self.files[name]
        return content[split_part10(content).data_set_offset :]


ON_THE_SHELF = (
    *("us/toshiba-xario-mmode", "us/acuson-stress-baseline-v1", "us/acuson-stress-baseline-v2"),
    *("us/philips-epiq7-jpeg-lossless", "us/palette-rle-10frames", "us/ge-logiq700-rgb"),
    *("us/hp-pediatric-echo-3", "doc/encapsulated-pdf", "sr/basic-text-sr"),
    "sr/enhanced-sr-deflated",
)


@pytest.fixture(scope="session")
async def shelf(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory, testdata: Path
) -> AsyncIterator[Shelf]:
    """One filled archive for every test that changes nothing."""
    paths = {Path(name).name: testdata / "dicom" / f"{name}.dcm" for name in ON_THE_SHELF}
    files = {name: path.read_bytes() for name, path in paths.items()}
    async with (
        fresh_database(postgres) as dsn,
        web_archive(dsn, tmp_path_factory.mktemp("shelf")) as opened,
    ):
        assert (await opened.stow(*files.values())).status_code == 200
        yield Shelf(opened, {name: _selection(file) for name, file in files.items()}, files)


def _selection(file: bytes) -> Selection:
    start = split_part10(file)
    scanner = DataSetScanner(start.transfer_syntax_uid)
    scanner.feed(file[start.data_set_offset :])
    header = header_of(scanner.finish())
    return Selection(*(header.text(tag) or "" for tag in (0x0020000D, 0x0020000E, 0x00080018)))


@asynccontextmanager
async def web_archive(
    dsn: str, folder: Path, viewers: Mapping[str, object] | None = None
) -> AsyncIterator[WebArchive]:
    """Open an archive and its web application; `viewers` are settings."""
    settings = Settings.model_validate({"data": folder, "viewers": viewers or {}})
    async with AsyncExitStack() as stack:
        archive = await stack.enter_async_context(open_archive(settings, dsn))
        feed = ChangeFeed(archive.database, archive.access)
        client = await stack.enter_async_context(
            httpx.AsyncClient(
                transport=InProcess(application_of(archive, settings, feed)),
                base_url="http://127.0.0.1",
                headers=await bearer_of(archive.database),
            )
        )
        yield WebArchive(client, archive, feed)
