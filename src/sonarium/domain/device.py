"""Another application entity that we may open associations to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """Where an AE title is reached; with `tls`, over TLS with our own certificate."""

    ae_title: str
    host: str
    port: int
    tls: bool = False
    description: str = ""
