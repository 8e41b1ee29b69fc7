"""Syslog messages (RFC 5424), framed for a stream by counting octets (RFC 5425 4.3)."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final

_SECURITY: Final = 10
"""Facility: security/authorization messages (RFC 5424 6.2.1)."""
_NIL: Final = "-"
_BOM: Final = b"\xef\xbb\xbf"
_LONGEST_NAME: Final = 48
"""Of APP-NAME; HOSTNAME may be longer and PROCID too (RFC 5424 6)."""


class Severity(IntEnum):
    """How serious it is (RFC 5424 6.2.1)."""

    WARNING = 4
    NOTICE = 5


@dataclass(frozen=True, slots=True)
class SyslogMessage:
    """One message; `text` is sent as UTF-8."""

    severity: Severity
    at: datetime
    host_name: str
    application: str
    process_id: str
    message_id: str
    text: str


def frame(message: SyslogMessage) -> bytes:
    """Return a message as it goes onto the stream."""
    stamp = message.at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    head = " ".join(
        (
            f"<{8 * _SECURITY + message.severity}>1",
            stamp,
            _printable(message.host_name, 255),
            _printable(message.application, _LONGEST_NAME),
            _printable(message.process_id, 128),
            _printable(message.message_id, 32),
            _NIL,
        )
    )
    body = head.encode() + b" " + _BOM + message.text.encode()
    return b"%d %b" % (len(body), body)


def _printable(text: str, longest: int) -> str:
    """Return text as PRINTUSASCII without spaces."""
    return "".join(c for c in text if "!" <= c <= "~")[:longest] or _NIL
