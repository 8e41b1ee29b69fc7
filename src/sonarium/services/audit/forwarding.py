"""Hands audit messages to the site's collector: DICOM audit messages over syslog and TLS.

The trail itself is the buffer: a mark says how far the collector has it, and moves only after what
was sent has arrived. While the collector is down nothing is lost; what was under way when a
connection broke is sent again.
"""

import asyncio
import os
import socket
from datetime import timedelta
from typing import Final

from sonarium.base.errors import UnavailableError
from sonarium.base.log import get_logger
from sonarium.db.pool import Database
from sonarium.dicom.audit_message import AuditSource, audit_message
from sonarium.domain.audit import AuditEvent, Outcome
from sonarium.index.audit import (
    ChainedRecord,
    audit_chain,
    audit_forwarded,
    event_in,
    put_audit_forwarded,
)
from sonarium.peers.syslog import SyslogConnection, syslog_connection
from sonarium.services.audit.settings import AuditSettings, CollectorSettings
from sonarium.wire.syslog import Severity, SyslogMessage, frame

log = get_logger(__name__)

_AT_ONCE: Final = 200
_LOOK_EVERY: Final = timedelta(seconds=1)
_LONGEST_PAUSE: Final = timedelta(minutes=1)
_MESSAGE_ID: Final = "DICOM+RFC3881"
"""PS3.15 A.6.1."""


class Forwarder:
    """Sends what is sealed; `run` does it for ever."""

    def __init__(
        self, database: Database, settings: AuditSettings, collector: CollectorSettings
    ) -> None:
        self._database = database
        self._source = AuditSource(settings.source_id, settings.site_id)
        self._collector = collector
        self._target = f"{collector.host}:{collector.port}"

    async def run(self) -> None:
        """Send until cancelled; pauses grow while the collector is away."""
        pause = _LOOK_EVERY
        while True:
            try:
                await self._while_connected()
            except UnavailableError as error:
                log.warning("audit_not_forwarded", error_type=type(error).__name__)
            await asyncio.sleep(pause.total_seconds())
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _while_connected(self) -> None:
        """Send whatever there is, as it comes.

        Raises:
            UnavailableError: collector or database went away.
        """
        collector = self._collector
        async with syslog_connection(
            collector.host, collector.port, collector.tls, collector.timeout
        ) as connection:
            while True:
                if not await self.forward(connection):
                    await asyncio.sleep(_LOOK_EVERY.total_seconds())

    async def forward(self, connection: SyslogConnection) -> int:
        """Send the next records; return how many.

        Raises:
            UnavailableError: they are to be sent again.
        """
        async with self._database.transaction() as tx:
            after = await audit_forwarded(tx, self._target)
            records = await audit_chain(tx, after, _AT_ONCE)
        if not records:
            return 0
        await connection.send([self._frame(record) for record in records])
        async with self._database.transaction() as tx:
            await put_audit_forwarded(tx, self._target, records[-1].sequence)
        return len(records)

    def _frame(self, record: ChainedRecord) -> bytes:
        if record.content is None:  # it was taken away: `sonarium audit verify` tells of it
            return b""
        event = event_in(record.content)
        return frame(
            SyslogMessage(
                severity=_severity_of(event),
                at=event.happened_at,
                host_name=socket.gethostname(),
                application=self._source.source_id,
                process_id=str(os.getpid()),
                message_id=_MESSAGE_ID,
                text=audit_message(event, self._source),
            )
        )


def _severity_of(event: AuditEvent) -> Severity:
    return Severity.NOTICE if event.outcome is Outcome.SUCCESS else Severity.WARNING
