"""One instance, opened: where its bytes are, its frames and its header, in one look-up."""

from dataclasses import dataclass

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.selection import Selection
from sonarium.index.instances import InstanceRow

OPENED_INSTANCE = sql_file("sonarium.index", "opened_instance")


@dataclass(frozen=True, slots=True)
class OpenedInstanceRow(InstanceRow):
    """An instance with its header."""

    packed_header: bytes


async def find_opened_instance(tx: Transaction, selection: Selection) -> OpenedInstanceRow | None:
    """Return the one instance that all three UIDs name, if it is here."""
    return await tx.find(
        OpenedInstanceRow,
        OPENED_INSTANCE,
        study=selection.study_instance_uid,
        series=selection.series_instance_uid,
        instance=selection.sop_instance_uid,
    )
