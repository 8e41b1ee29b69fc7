"""The web server on a real socket."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.certificates import issue
from tests.signing_in import bearer_of

from sonarium.app.archive import Archive, open_archive
from sonarium.app.ports import PortTaken
from sonarium.app.settings import Settings
from sonarium.app.web_server import web_server


def settings_for(folder: Path, port: int) -> Settings:
    http = {"port": port, "header_timeout": "PT0.5S"}
    return Settings.model_validate({"data": folder, "http": http})


@pytest.fixture
async def archive(dsn: str, tmp_path: Path) -> AsyncIterator[Archive]:
    async with open_archive(Settings(data=tmp_path), dsn) as opened:
        yield opened


async def test_programs_of_this_machine_are_answered_until_the_end(
    archive: Archive, tmp_path: Path, free_port: int
) -> None:
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{free_port}", headers=await bearer_of(archive.database)
    ) as client:
        async with web_server(archive, settings_for(tmp_path, free_port)):
            status = await client.get("/api/status")
            assert status.json()["studies"] == 0
            assert (await client.get("/dicom-web/studies")).status_code in {200, 204}
        with pytest.raises(httpx.TransportError):
            await client.get("/api/status")


async def test_a_page_of_another_name_is_not_answered(
    archive: Archive, tmp_path: Path, free_port: int
) -> None:
    async with (
        web_server(archive, settings_for(tmp_path, free_port)),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_port}") as client,
    ):
        await client.get("/api/status")
        answer = await client.get("/api/status", headers={"Host": "pacs.example.org"})
        assert answer.status_code == 403


async def test_a_connection_that_says_nothing_is_closed(
    archive: Archive, tmp_path: Path, free_port: int
) -> None:
    async with (
        web_server(archive, settings_for(tmp_path, free_port)),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_port}") as client,
    ):
        await client.get("/api/status")
        reader, writer = await asyncio.open_connection("127.0.0.1", free_port)
        writer.write(b"GET /api/status HTTP/1.1\r\nHost: ")
        async with asyncio.timeout(10):
            await reader.read()
        writer.close()


async def test_a_taken_port_is_named(archive: Archive, tmp_path: Path, taken_port: int) -> None:
    with pytest.raises(PortTaken, match=f"web port {taken_port} .* --http-port"):
        async with web_server(archive, settings_for(tmp_path, taken_port)):
            pass


async def test_with_a_certificate_the_door_speaks_tls_1_2_or_later_and_nothing_else(
    archive: Archive, tmp_path: Path, free_port: int
) -> None:
    own = issue(tmp_path, "archive", ec.generate_private_key(ec.SECP256R1()))
    http = {"port": free_port, "certificate": own.certificate, "private_key": own.private_key}
    settings = Settings.model_validate({"data": tmp_path, "http": http})
    trust = ssl.create_default_context(cafile=own.certificate)
    old = ssl.create_default_context(cafile=own.certificate)
    with pytest.deprecated_call():
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    async with web_server(archive, settings):
        async with httpx.AsyncClient(verify=trust) as client:
            answer = await client.get(f"https://localhost:{free_port}/api/session")
            assert answer.status_code == 200
            assert "strict-transport-security" in answer.headers
        async with httpx.AsyncClient(verify=old) as client:
            with pytest.raises(httpx.TransportError):
                await client.get(f"https://localhost:{free_port}/api/session")
        async with httpx.AsyncClient() as client:
            with pytest.raises(httpx.TransportError):
                await client.get(f"http://127.0.0.1:{free_port}/api/session")
