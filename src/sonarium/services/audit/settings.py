"""What can be set about the audit trail."""

from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, Field

from sonarium.net.settings import TLSSettings


class CollectorSettings(BaseModel, frozen=True, extra="forbid"):
    """A collector of audit messages, reached by syslog over TLS (RFC 5425)."""

    host: str
    """Its name, as its certificate has it, or its address."""
    port: int = Field(default=6514, ge=1, le=65535)
    """Its port."""
    tls: TLSSettings = TLSSettings()
    """Whom we trust, and what we show."""
    timeout: timedelta = timedelta(seconds=10)
    """How long it may take to answer, or to take a batch."""


class AuditSettings(BaseModel, frozen=True, extra="forbid"):
    """The audit trail."""

    anchors: Path | None = None
    """Folder of the signed heads of the chain, best on another disk than the database; none:
    `audit-anchors` in the data folder."""
    seal_every: timedelta = timedelta(seconds=1)
    """How long a record waits at most for its place in the chain."""
    anchor_every: timedelta = timedelta(minutes=1)
    """How often the head of the chain is signed and written down."""
    source_id: str = "sonarium"
    """How audit messages name this archive (Audit Source ID, PS3.15 A.5.2.3)."""
    site_id: str = ""
    """How they name the site (Audit Enterprise Site ID)."""
    collector: CollectorSettings | None = None
    """Where audit messages are sent to; none: nowhere."""
