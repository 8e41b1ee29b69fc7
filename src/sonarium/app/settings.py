"""The one settings tree: read once, from the environment and the command line.

Each room declares its own branch beside the code that it sets; here they are only joined.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from sonarium.base.errors import RequestError
from sonarium.base.log import LogFormat
from sonarium.domain.device import UnknownCallers
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.faces.flow_guard import FlowSettings
from sonarium.peers.openid_provider import ProviderSettings
from sonarium.peers.settings import StorageSCUSettings
from sonarium.queue.settings import QueueSettings
from sonarium.services.audit.settings import AuditSettings
from sonarium.services.commitment import CommitmentSettings
from sonarium.services.decoding import DecodingSettings
from sonarium.services.other_viewers import ViewerSettings
from sonarium.services.prepared_frames import PreparedFrameSettings
from sonarium.services.scrub import ScrubSettings
from sonarium.services.sign_in import SessionSettings
from sonarium.services.store import StoreSettings
from sonarium.services.thumbnail import ThumbnailSettings
from sonarium.storage.settings import KeySettings, LocalStorageSettings, S3StorageSettings

PREFIX = "SONARIUM_"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
Role = Literal["dimse", "web", "worker"]


class SettingsRefused(RequestError):
    """The settings cannot be used; the message names the setting and what it takes."""


class DatabaseSettings(BaseModel, frozen=True, extra="forbid"):
    """Where the rows live."""

    dsn: SecretStr | None = None
    """Connection string of a PostgreSQL of your own (15 or later); none: one is run inside
    the data folder."""


class HTTPSettings(BaseModel, frozen=True, extra="forbid"):
    """Our web server: the browser application, the JSON API and DICOMweb."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=8042, ge=0, le=65535)
    """Port to listen on."""
    header_timeout: timedelta = timedelta(seconds=4.5)
    """From a connection, or the answer before, to the complete head of the next request; a
    peer that sends a little of it is borne for twice as long."""
    backlog: int = Field(default=1024, ge=1)
    """Connections that the operating system may hold for us."""
    maximum_connections: int = Field(default=4096, ge=1)
    """Connections at once; further ones wait until one of them ends."""
    maximum_connections_per_address: int = Field(default=1024, ge=1)
    """Connections at once from one address (IPv6: from one network of 64 bits); a proxy that
    stands before us is one address, and may need as many as `maximum_connections`."""
    flow: FlowSettings = FlowSettings()
    certificate: Path | None = None
    """PEM file with our certificate and its chain; with it the door speaks TLS alone."""
    private_key: Path | None = None
    """PEM file with the private key of `certificate`."""
    names: tuple[str, ...] = ()
    """Host names or addresses, without port, by which browsers and programs reach us from
    other machines; a request for another name is refused."""

    @property
    def origin(self) -> str:
        """Return the beginning of our URLs, as the first who may reach us sees it."""
        scheme = "http" if self.certificate is None else "https"
        host = "localhost" if self.host in LOOPBACK else self.host  # no passkeys at 127.0.0.1
        return f"{scheme}://{self.names[0] if self.names else host}:{self.port}"


class Settings(BaseSettings):
    """Everything that can be set; names in the environment begin with `SONARIUM_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    data: Path = Path("sonarium-data")
    """Folder of everything that Sonarium keeps."""
    roles: tuple[Role, ...] = ("dimse", "web", "worker")
    """What this process tree runs."""
    dimse_processes: int = Field(default=0, ge=0, le=64)
    """Processes that share the DICOM listener, each with its own limits of associations;
    0: one for each processor, four at most."""
    log_format: LogFormat = "console"
    """How log lines are written."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least serious event that is logged."""
    start_timeout: timedelta = timedelta(seconds=60)
    """How long a role may take until it serves."""
    drain_timeout: timedelta = timedelta(seconds=10)
    """How long work under way may take to finish after a request to stop."""
    certificate_interval: timedelta = timedelta(seconds=5)
    """How often to look whether the files of our certificates were renewed."""
    demo: bool = False
    """Mark every page as a demonstration."""
    database: DatabaseSettings = DatabaseSettings()
    dimse: DimseSettings = DimseSettings()
    http: HTTPSettings = HTTPSettings()
    storage: LocalStorageSettings = LocalStorageSettings()
    s3: S3StorageSettings | None = None
    keys: KeySettings = KeySettings()
    audit: AuditSettings = AuditSettings()
    store: StoreSettings = StoreSettings()
    scrub: ScrubSettings = ScrubSettings()
    decoding: DecodingSettings = DecodingSettings()
    queue: QueueSettings = QueueSettings()
    commitment: CommitmentSettings = CommitmentSettings()
    sessions: SessionSettings = SessionSettings()
    provider: ProviderSettings | None = None
    thumbnails: ThumbnailSettings = ThumbnailSettings()
    prepared_frames: PreparedFrameSettings = PreparedFrameSettings()
    viewers: ViewerSettings = ViewerSettings()
    storage_scu: StorageSCUSettings = StorageSCUSettings()


def load_settings(**given: object) -> Settings:
    """Join the environment with what the command line gave, which wins.

    Raises:
        SettingsRefused: an unknown `SONARIUM_` name, a value that does not fit, or an address
            beyond this machine, which needs TLS first.
    """
    _refuse_unknown_names()
    try:
        settings = Settings(**given)  # type: ignore[arg-type]  # validated by pydantic
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsRefused(f"setting {place}: {first['msg']}") from None
    _refuse_half_a_certificate(settings.http)
    _refuse_open_doors(settings)
    return settings


def _refuse_half_a_certificate(http: HTTPSettings) -> None:
    if (http.certificate is None) != (http.private_key is None):
        raise SettingsRefused("settings http.certificate and http.private_key go together")


def _refuse_open_doors(settings: Settings) -> None:
    """Refuse to serve other machines in clear, or whoever comes."""
    http, dimse = settings.http, settings.dimse
    if http.host not in LOOPBACK:
        if http.certificate is None:
            raise SettingsRefused(
                f"setting http.host: {http.host} is beyond this machine. Passwords and images "
                "would cross the network unencrypted: set http.certificate and http.private_key."
            )
        if not http.names:
            raise SettingsRefused(
                "setting http.names: say by which host names other machines reach this one"
            )
    if dimse.host not in LOOPBACK:
        if dimse.tls is None and not dimse.unencrypted_network:
            raise SettingsRefused(
                f"setting dimse.host: {dimse.host} is beyond this machine. Images would cross "
                "the network unencrypted: set dimse.tls, or dimse.unencrypted_network where the "
                "network of the scanners is kept apart and they cannot encrypt."
            )
        if dimse.unknown_callers is not UnknownCallers.REFUSED:
            raise SettingsRefused(
                "setting dimse.unknown_callers: beyond this machine unknown callers are refused"
            )


def _refuse_unknown_names() -> None:
    """Refuse misspelt names, which pydantic-settings ignores at the top level."""
    fields = {name.upper() for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).split("__")[0] not in fields:
            raise SettingsRefused(f"there is no setting {name}; see docs/howto/settings.md")
