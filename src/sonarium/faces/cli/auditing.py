"""The audit trail as a table, as lines of JSON, and what checking it found."""

from collections.abc import Sequence
from typing import Final

import msgspec
from rich.markup import escape
from rich.table import Table

from sonarium.domain.audit import SubjectKind
from sonarium.services.audit.reading import FoundRecord
from sonarium.services.audit.verifying import Finding, Verdict
from sonarium.services.audit.wording import act_of, what_of, who_of

_MOST_NAMED: Final = 20


def record_table(records: Sequence[FoundRecord]) -> Table:
    """List records, times in the zone of this machine."""
    table = Table(caption=None if records else "nothing fits")
    for heading in ("when", "who", "from", "did", "patient", "what"):
        table.add_column(heading)
    for record in records:
        event = record.event
        patient = event.subject(SubjectKind.PATIENT)
        when = event.happened_at.astimezone().isoformat(" ", "seconds")
        named = "" if patient is None else patient.identifier
        cells = (when, who_of(event), event.actor.address, act_of(event), named, what_of(event))
        table.add_row(*map(escape, cells))
    return table


def record_line(record: FoundRecord) -> str:
    """Write a record as one line of JSON."""
    return msgspec.json.encode(record).decode()


def verdict_lines(verdict: Verdict) -> list[str]:
    """Say what checking found."""
    checked = (
        f"{verdict.records} records in the chain, {verdict.waiting} waiting for their place, "
        f"{verdict.anchors} signed heads."
    )
    if verdict.is_whole:
        return [checked, "The trail is whole."]
    lines = [checked, "The trail was tampered with:"]
    lines += (f"  {_line(finding)}" for finding in verdict.findings[:_MOST_NAMED])
    rest = len(verdict.findings) - _MOST_NAMED
    return [*lines, f"  and {rest} more"] if rest > 0 else lines


def _line(finding: Finding) -> str:
    return f"{finding.kind} at {finding.place}: {finding.what}"
