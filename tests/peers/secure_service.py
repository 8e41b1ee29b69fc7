"""`sonarium serve` with a certificate: TLS at both doors."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from tests.certificates import issue
from tests.peers.dcmtk import Finished
from tests.peers.echo_prober import echo_times, peer_at
from tests.peers.service import Service
from tests.signing_in import bearer_of

from sonarium.app.database import dsn_of, embedded_postgres
from sonarium.app.settings import load_settings
from sonarium.db.pool import Database
from sonarium.net.settings import TLSSettings


@dataclass(slots=True)
class SecureService(Service):
    """A service that speaks TLS alone, at both doors."""

    own: TLSSettings | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """Certificate and key, which peers here share with us."""
        assert self.own is not None
        assert self.own.certificate is not None
        assert self.own.private_key is not None
        return self.own.certificate, self.own.private_key

    @property
    def dicomweb(self) -> str:
        return f"https://127.0.0.1:{self.http_port}/dicom-web"

    @property
    def trust(self) -> ssl.SSLContext:
        """What a peer needs to trust us, and no more."""
        return ssl.create_default_context(cafile=self.files[0])

    def client(self, timeout: float = 60) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=timeout, headers=self.headers, verify=self.trust)

    async def echo(self) -> Finished:
        [took] = await echo_times(peer_at(self.dimse_port, *self.files), 0.001)
        return Finished(0 if took < float("inf") else 1, "")

    async def _headers(self) -> dict[str, str]:
        async with self.client(5) as stranger:
            await stranger.get(f"https://127.0.0.1:{self.http_port}/api/session")
        settings = load_settings(data=self.data_folder)
        async with Database(dsn_of(settings, embedded_postgres(settings))) as database:
            return await bearer_of(database)


@asynccontextmanager
async def running_secure_service(folder: Path) -> AsyncIterator[SecureService]:
    """Run the archive over a folder, with a certificate of its own, until the end of the block."""
    own = issue(folder, "archive", ec.generate_private_key(ec.SECP256R1()))
    environment = {
        "SONARIUM_DIMSE__TLS__CERTIFICATE": str(own.certificate),
        "SONARIUM_DIMSE__TLS__PRIVATE_KEY": str(own.private_key),
        "SONARIUM_DIMSE__TLS__TRUSTED": str(own.certificate),
        "SONARIUM_DIMSE__TLS__CLIENT_CERTIFICATES": "optional",
        "SONARIUM_HTTP__CERTIFICATE": str(own.certificate),
        "SONARIUM_HTTP__PRIVATE_KEY": str(own.private_key),
    }
    service = SecureService(folder / "archive", environment, own=own)
    try:
        await service.start()
        yield service
    finally:
        if service.process is not None:
            await service.stop()
