"""The chain of audit records: each link's code covers the one before it, its place and its record.

The code is keyed as the records' own are, so that whoever can write to the database, and has not
our keys, can make no link that fits.
"""

from sonarium.db.transaction import Transaction
from sonarium.index.audit import Link

_WIDTH = 8


def next_link(tx: Transaction, before: Link | None, record_ref: int, mac: bytes | None) -> Link:
    """Return the link that gives a record the place after another.

    Args:
        tx: holds the key.
        before: the last link; None for the first.
        record_ref: whose place it is.
        mac: the record's own code; None where the record was taken away before it got here.
    """
    sequence = 1 if before is None else before.sequence + 1
    covered = b"".join(
        (
            b"link\0",
            sequence.to_bytes(_WIDTH, "big"),
            record_ref.to_bytes(_WIDTH, "big"),
            b"" if before is None else before.hash,
            b"\0" if mac is None else b"\1" + mac,
        )
    )
    return Link(sequence, record_ref, tx.authenticate(covered))
