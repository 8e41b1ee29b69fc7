"""Finds what was done to the audit trail by others than us: edits, deletions, another order,
records put in or copied, and an end cut off.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sonarium.db.pool import Database
from sonarium.db.transaction import Transaction
from sonarium.index.audit import (
    ChainedRecord,
    Link,
    audit_chain,
    audit_copies,
    audit_strays,
    audit_waiting,
    columns_of,
    event_in,
)
from sonarium.services.audit.anchors import Anchor, AnchorFolder
from sonarium.services.audit.chain import next_link

_PAGE: Final = 5000
_MOST: Final = 100
"""Findings of one kind that are named one by one."""


class Tampering(StrEnum):
    """What was done."""

    EDITED = "edited"
    DELETED = "deleted"
    MOVED = "moved"
    """A link does not follow the one before it."""
    GAP = "gap"
    """A sequence number is missing."""
    PUT_IN = "put in"
    COPIED = "copied"
    CUT_OFF = "cut off"
    """The chain does not reach a head that was anchored."""
    REWRITTEN = "rewritten"
    """The chain has another head than the one that was anchored."""
    ANCHOR_FORGED = "anchor forged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One trace of tampering."""

    kind: Tampering
    place: int
    """Sequence number; of what has none, the record's own number; of an anchor, its line."""
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and what was found."""

    records: int
    waiting: int
    anchors: int
    findings: Sequence[Finding]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


class Verifier:
    """Reads the whole trail and says whether it is as it was written."""

    def __init__(self, database: Database, key: Ed25519PublicKey, anchors: AnchorFolder) -> None:
        self._database = database
        self._key = key
        self._anchors = anchors

    async def verify(self) -> Verdict:
        """Check codes, chain, numbers, signatures, and that the last anchored head is reached.

        Raises:
            DatabaseUnavailable: it could not be read to its end.
        """
        # First: what is sealed while the chain is read cannot be anchored already.
        anchors = await asyncio.to_thread(self._anchors.all)
        findings = list(_forged(anchors, self._key))
        heads = {one.sequence: one.hash for one in anchors if one is not None}
        last: Link | None = None
        count = 0
        async for tx, record in self._records():
            findings += _check_link(tx, last, record)
            findings += _check_record(tx, record)
            last = Link(record.sequence, record.record_ref, record.hash)
            count += 1
            anchored = heads.pop(record.sequence, None)
            if anchored is not None and anchored != record.hash.hex():
                findings.append(
                    Finding(Tampering.REWRITTEN, record.sequence, "another head was anchored")
                )
        findings += (
            Finding(Tampering.CUT_OFF, sequence, "a head was anchored that is not there")
            for sequence in sorted(heads)
        )
        async with self._database.transaction() as tx:
            strays, copies = await audit_strays(tx, _MOST), await audit_copies(tx, _MOST)
            waiting = await audit_waiting(tx, _PAGE)
        findings += (
            Finding(Tampering.PUT_IN, ref, "it stands outside the chain") for ref in strays
        )
        findings += (Finding(Tampering.COPIED, ref, "it repeats another") for ref in copies)
        findings += (
            Finding(Tampering.DELETED, one.record_ref, "it waited for its place")
            for one in waiting
            if one.mac is None
        )
        return Verdict(count, len(waiting), len(anchors), findings)

    async def _records(self) -> AsyncIterator[tuple[Transaction, ChainedRecord]]:
        after = 0
        while True:
            async with self._database.transaction() as tx:
                page = await audit_chain(tx, after, _PAGE)
                for record in page:
                    yield tx, record
            if not page:
                return
            after = page[-1].sequence


def _forged(anchors: Sequence[Anchor | None], key: Ed25519PublicKey) -> Iterator[Finding]:
    for line, anchor in enumerate(anchors, 1):
        if anchor is None:
            yield Finding(Tampering.ANCHOR_FORGED, line, "the line is no anchor")
        elif not anchor.is_signed_by(key):
            yield Finding(Tampering.ANCHOR_FORGED, line, "the signature does not hold")


def _check_link(tx: Transaction, last: Link | None, record: ChainedRecord) -> list[Finding]:
    """Compare a link with what the one before it and its record make."""
    expected = 1 if last is None else last.sequence + 1
    if record.sequence != expected:
        return [Finding(Tampering.GAP, expected, f"the next is {record.sequence}")]
    if record.mac is not None:
        made = next_link(tx, last, record.record_ref, record.mac)
        if made.hash != record.hash:
            return [Finding(Tampering.MOVED, record.sequence, "it does not follow the one before")]
    return []


def _check_record(tx: Transaction, record: ChainedRecord) -> list[Finding]:
    """Compare a record with its code, and its columns with its content."""
    if record.content is None or record.mac is None:
        return [Finding(Tampering.DELETED, record.sequence, f"record {record.record_ref} is gone")]
    if tx.authenticate(record.content) != record.mac:
        return [Finding(Tampering.EDITED, record.sequence, "its code does not fit")]
    if astuple(columns_of(event_in(record.content))) != record.columns:
        return [Finding(Tampering.EDITED, record.sequence, "a column says otherwise")]
    return []
