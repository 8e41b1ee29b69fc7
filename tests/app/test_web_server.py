"""The web server on a real socket."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.certificates import issue, refuses
from tests.signing_in import bearer_of

from sonarium.app.archive import Archive, open_archive
from sonarium.app.ports import PortTaken
from sonarium.app.settings import Settings
from sonarium.app.web_server import web_server
from sonarium.net.tls import TLSUnusable

TLS_HANDSHAKE_S = 10
"""Granian's own deadline, which cannot be set."""


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


@pytest.mark.timeout(60)
async def test_one_address_cannot_take_every_place(
    archive: Archive, tmp_path: Path, free_port: int
) -> None:
    places = {"maximum_connections": 200, "maximum_connections_per_address": 50}
    http = {"port": free_port, "header_timeout": "PT60S", **places}
    settings = Settings.model_validate({"data": tmp_path, "http": http})
    async with web_server(archive, settings), httpx.AsyncClient(timeout=20) as client:
        hogs = await asyncio.gather(
            *(
                asyncio.open_connection("127.0.0.1", free_port, local_addr=("127.0.0.7", 0))
                for _ in range(300)
            )
        )
        answer = await client.get(f"http://127.0.0.1:{free_port}/api/session")
        assert answer.status_code == 200
        for _, writer in hogs:
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


@pytest.mark.parametrize("drips", [False, True])
async def test_a_body_that_stops_or_drips_is_refused_and_its_connection_closed(
    archive: Archive, tmp_path: Path, free_port: int, drips: bool
) -> None:
    flow = {"sending_window": "PT0.5S", "least_bytes": 1000}
    http = {"port": free_port, "flow": flow}
    settings = Settings.model_validate({"data": tmp_path, "http": http})
    async with web_server(archive, settings):
        reader, writer = await asyncio.open_connection("127.0.0.1", free_port)
        writer.write(
            b"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n"
            b"Content-Type: application/json\r\n\r\n"
        )
        reading = asyncio.ensure_future(reader.read())
        while drips and not reading.done():
            writer.write(b"{")
            await asyncio.wait([reading], timeout=0.05)
        async with asyncio.timeout(10):
            answer = await reading
        writer.close()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()


async def test_an_answer_that_nobody_takes_is_given_up(
    archive: Archive, tmp_path: Path, free_port: int
) -> None:
    http = {"port": free_port, "flow": {"taking_window": "PT1S"}}
    settings = Settings.model_validate({"data": tmp_path, "http": http})
    async with web_server(archive, settings):
        with socket.socket() as peer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.setblocking(False)  # as the library has it
            loop = asyncio.get_running_loop()
            await loop.sock_connect(peer, ("127.0.0.1", free_port))
            await loop.sock_sendall(
                peer, b"GET /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 4000
            )
            async with asyncio.timeout(20):
                with pytest.raises(ConnectionResetError):
                    await _say_on(peer)


async def _say_on(peer: socket.socket) -> None:
    """What is said to a connection that is no more, is refused."""
    while True:
        await asyncio.sleep(0.2)
        await asyncio.get_running_loop().sock_sendall(peer, b"G")


async def test_a_tls_handshake_that_does_not_come_is_not_waited_for(
    archive: Archive, tmp_path: Path, free_port: int
) -> None:
    own = issue(tmp_path, "archive", ec.generate_private_key(ec.SECP256R1()))
    http = {"port": free_port, "certificate": own.certificate, "private_key": own.private_key}
    settings = Settings.model_validate({"data": tmp_path, "http": http})

    async def until_closed(said: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", free_port)
        writer.write(said)
        async with asyncio.timeout(TLS_HANDSHAKE_S + 4):
            await reader.read()
        writer.close()

    async with web_server(archive, settings):
        await asyncio.gather(until_closed(b""), until_closed(b"\x16\x03\x01\x02\x00\x01"))


async def shown_to(port: int) -> bytes:
    """Shake hands as anybody, and return the certificate that is shown."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=anybody)
    shown: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return shown


async def test_a_renewed_certificate_is_taken_up_while_requests_go_on(
    archive: Archive, tmp_path: Path, free_port: int
) -> None:
    own = issue(tmp_path, "archive", ec.generate_private_key(ec.SECP256R1()))
    http = {"port": free_port, "certificate": own.certificate, "private_key": own.private_key}
    settings = Settings.model_validate(
        {"data": tmp_path, "http": http, "certificate_interval": "PT0.05S"}
    )
    anybody = httpx.AsyncClient(verify=False)
    url = f"https://localhost:{free_port}/api/session"
    async with web_server(archive, settings), anybody as client:
        assert own.certificate is not None
        before = await shown_to(free_port)
        assert (await client.get(url)).status_code == 200
        issue(tmp_path, "archive", ec.generate_private_key(ec.SECP256R1()))
        async with asyncio.timeout(30):
            while await shown_to(free_port) == before:
                assert (await client.get(url)).status_code == 200
        # The older one takes nobody any more: whoever comes now sees the new certificate.
        assert before not in [await shown_to(free_port) for _ in range(20)]
        after = ssl.create_default_context(cafile=own.certificate)
        async with httpx.AsyncClient(verify=after) as strict:
            assert (await strict.get(url)).status_code == 200
        own.certificate.write_text("nothing")
        await asyncio.sleep(0.2)
        assert (await client.get(url)).status_code == 200


@pytest.mark.parametrize(
    "weak", ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "NULL", "aNULL"]
)
async def test_the_door_agrees_to_no_weak_suite(
    archive: Archive, tmp_path: Path, free_port: int, weak: str
) -> None:
    own = issue(tmp_path, "archive", ec.generate_private_key(ec.SECP256R1()))
    http = {"port": free_port, "certificate": own.certificate, "private_key": own.private_key}
    settings = Settings.model_validate({"data": tmp_path, "http": http})
    async with web_server(archive, settings):
        await refuses(free_port, weak)


async def test_certificate_and_key_that_do_not_fit_are_named(
    archive: Archive, tmp_path: Path, free_port: int
) -> None:
    own = issue(tmp_path, "own", ec.generate_private_key(ec.SECP256R1()))
    other = issue(tmp_path, "other", ec.generate_private_key(ec.SECP256R1()))
    http = {"port": free_port, "certificate": own.certificate, "private_key": other.private_key}
    with pytest.raises(TLSUnusable):
        async with web_server(archive, Settings.model_validate({"data": tmp_path, "http": http})):
            pass
