"""Objects set aside and failed work, as tables."""

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from sonarium.services.dead_letters import DeadLetter
from sonarium.services.quarantine import QuarantinedObject


def quarantine_table(found: Sequence[QuarantinedObject]) -> Table:
    """List objects set aside, newest first."""
    table = Table(
        caption="look at one: sonarium quarantine export NUMBER FILE"
        if found
        else "nothing was set aside"
    )
    for heading in ("number", "received", "from", "SOP Instance UID", "why"):
        table.add_column(heading, overflow="fold")
    for one in found:
        received = one.received_at.astimezone().isoformat(" ", "seconds")
        named = (str(one.source.get(key, "")) for key in ("door", "calling_ae_title", "address"))
        why = f"discarded by {one.discarded_by}" if one.discarded_at else one.reason
        sender = " ".join(filter(None, named))
        cells = (str(one.quarantine_ref), received, sender, one.sop_instance_uid, why)
        table.add_row(*map(escape, cells))
    return table


def failed_jobs_table(letters: Sequence[DeadLetter]) -> Table:
    """List failed jobs, the latest first."""
    table = Table(caption="try one again: sonarium job retry NUMBER" if letters else "none failed")
    for heading in ("number", "what", "attempts", "failed"):
        table.add_column(heading)
    for letter in letters:
        failed = letter.failed_at.astimezone().isoformat(" ", "seconds")
        table.add_row(str(letter.job_id), letter.task, str(letter.attempts), failed)
    return table
