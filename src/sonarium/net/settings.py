"""Settings of the DICOM listener and of associations in either direction."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, Field


class TLSProfile(StrEnum):
    """Which secure transport connection profile is offered (PS3.15 B.12, B.13)."""

    BCP_195 = "bcp195"
    MODIFIED_BCP_195 = "modified-bcp195"


class ClientCertificates(StrEnum):
    """What a listener asks of the other side's certificate."""

    IGNORED = "ignored"
    OPTIONAL = "optional"
    REQUIRED = "required"


class TLSSettings(BaseModel, frozen=True, extra="forbid"):
    """Our certificate, and whom we trust."""

    certificate: Path | None = None
    """PEM file with our certificate and its chain; a listener needs one."""
    private_key: Path | None = None
    """PEM file with the private key of `certificate`."""
    trusted: Path | None = None
    """PEM file of the authorities whose certificates we accept; none: the system's."""
    client_certificates: ClientCertificates = ClientCertificates.REQUIRED
    """Whether a peer that connects to us must show a certificate."""
    check_host_name: bool = True
    """Whether a peer that we connect to must be named in its certificate."""
    profile: TLSProfile = TLSProfile.BCP_195
    """Protocol versions, ciphers and key exchange on offer."""


class AssociationSettings(BaseModel, frozen=True, extra="forbid"):
    """Timeouts and bounds of one association, whoever opened it."""

    artim: timedelta = timedelta(seconds=8)
    """Association Request/Reject/Release Timer (PS3.8 9.1.5): an absolute deadline, from
    the connection to the complete A-ASSOCIATE-RQ, TLS included, and for closing after
    reject, release and abort."""
    connect_timeout: timedelta = timedelta(seconds=10)
    """For opening a TCP connection and its TLS to a peer."""
    associate_timeout: timedelta = timedelta(seconds=30)
    """For a peer's answer to our A-ASSOCIATE-RQ."""
    response_timeout: timedelta = timedelta(minutes=5)
    """For each response of a peer to a request of ours."""
    release_timeout: timedelta = timedelta(seconds=10)
    """For a peer's A-RELEASE-RP."""
    idle_timeout: timedelta = timedelta(minutes=15)
    """How long an established association may wait for the peer's next request."""
    pdu_timeout: timedelta = timedelta(seconds=30)
    """From a PDU's first byte to its last, unless we ourselves stopped reading."""
    progress_window: timedelta = timedelta(seconds=30)
    """A message under way must bring `progress_bytes` in each such window."""
    progress_bytes: int = Field(default=16 * 1024, ge=1)
    """The least that a message under way must bring in a `progress_window`."""
    send_timeout: timedelta = timedelta(seconds=60)
    """How long a peer may take none of the bytes that wait for it."""
    maximum_length_received: int = Field(default=128 * 1024, ge=4096, le=1024 * 1024)
    """Longest P-DATA-TF PDU that we announce and take (PS3.8 D.1)."""
    maximum_length_sent: int = Field(default=128 * 1024, ge=4096, le=1024 * 1024)
    """Longest P-DATA-TF PDU that we send, whatever the peer would take."""
    maximum_associate_length: int = Field(default=256 * 1024, ge=4096)
    """Longest A-ASSOCIATE PDU that we take."""
    maximum_command_length: int = Field(default=64 * 1024, ge=1024)
    """Longest command set that we take."""
    receive_high_water: int = Field(default=2 * 1024 * 1024, ge=128 * 1024)
    """Bytes that may wait for a slow receiver before we stop reading the socket."""
    send_high_water: int = Field(default=1024 * 1024, ge=64 * 1024)
    """Bytes that may wait for a slow peer before `send` waits."""
    maximum_operations: int = Field(default=16, ge=1, le=65535)
    """Most operations outstanding at once that we agree to (PS3.7 D.3.3.3)."""


class DimseNetSettings(AssociationSettings, frozen=True, extra="forbid"):
    """Our DICOM listener."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=11112, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    backlog: int = Field(default=1024, ge=1)
    """Connections that the operating system may hold for us."""
    receive_buffer: int = Field(default=4 * 1024 * 1024, ge=64 * 1024)
    """SO_RCVBUF of accepted connections."""
    maximum_connections: int = Field(default=512, ge=1)
    """TCP connections of this process at once, associations included."""
    maximum_connections_per_address: int = Field(default=128, ge=1)
    """TCP connections from one address to this process at once, associations included."""
    maximum_associations_per_ae_title: int = Field(default=32, ge=1)
    """Associations of one calling AE title with this process at once."""
    tls: TLSSettings | None = None
    """Serve DICOM over TLS only, with these certificates; none: plain TCP."""
