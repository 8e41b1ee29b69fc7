"""Requests for storage commitment: which report is owed to whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.commitment import CommitmentRequest, ReferencedInstance

CommitmentRef = NewType("CommitmentRef", int)

ADD_COMMITMENT = sql_file("sonarium.index", "add_commitment")
CLAIM_COMMITMENT = sql_file("sonarium.index", "claim_commitment")
COMMITMENT = sql_file("sonarium.index", "commitment")
MARK_COMMITMENT_REPORTED = sql_file("sonarium.index", "mark_commitment_reported")
QUARANTINED_UIDS = sql_file("sonarium.index", "quarantined_uids")
RELEASE_COMMITMENT = sql_file("sonarium.index", "release_commitment")
UNREPORTED_COMMITMENTS = sql_file("sonarium.index", "unreported_commitments")


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """One request, and how far its report got.

    `last_error` names the kind of failure of the last attempt.
    """

    commitment_ref: CommitmentRef
    transaction_uid: str
    requesting_ae_title: str
    called_ae_title: str
    sop_class_uids: list[str]
    sop_instance_uids: list[str]
    requested_at: datetime
    attempts: int
    last_error: str | None

    @property
    def request(self) -> CommitmentRequest:
        """What was asked for."""
        return CommitmentRequest(
            transaction_uid=self.transaction_uid,
            requesting_ae_title=self.requesting_ae_title,
            called_ae_title=self.called_ae_title,
            instances=tuple(map(ReferencedInstance, self.sop_class_uids, self.sop_instance_uids)),
        )


async def add_commitment(
    tx: Transaction, request: CommitmentRequest, *, claimed_until: datetime
) -> CommitmentRef:
    """Keep a request whose report is in somebody's hands until `claimed_until`."""
    rows = await tx.values(
        ADD_COMMITMENT,
        transaction_uid=request.transaction_uid,
        requesting_ae_title=request.requesting_ae_title,
        called_ae_title=request.called_ae_title,
        sop_class_uids=[instance.sop_class_uid for instance in request.instances],
        sop_instance_uids=[instance.sop_instance_uid for instance in request.instances],
        claimed_until=claimed_until,
    )
    return CommitmentRef(rows[0][0])


async def get_commitment(tx: Transaction, ref: CommitmentRef) -> CommitmentRow:
    """Return one request.

    Raises:
        RowMissing: there is none.
    """
    return await tx.one(CommitmentRow, COMMITMENT, commitment_ref=ref)


async def claim_commitment(
    tx: Transaction, ref: CommitmentRef, *, now: datetime, until: datetime
) -> CommitmentRow | None:
    """Take a request in hand; None when it is reported, or in other hands."""
    return await tx.find(CommitmentRow, CLAIM_COMMITMENT, commitment_ref=ref, now=now, until=until)


async def release_claim(tx: Transaction, ref: CommitmentRef, *, error: str | None) -> None:
    """Give a request out of hand, unreported; `error` is the kind of failure, if one was."""
    await tx.execute(RELEASE_COMMITMENT, commitment_ref=ref, error=error)


async def mark_reported(
    tx: Transaction, ref: CommitmentRef, *, at: datetime, number_failed: int
) -> None:
    """Note that the requestor has taken its report."""
    await tx.execute(
        MARK_COMMITMENT_REPORTED, commitment_ref=ref, at=at, number_failed=number_failed
    )


async def unreported_commitments(tx: Transaction) -> list[CommitmentRow]:
    """List requests that still wait for their report, oldest first."""
    return await tx.all(CommitmentRow, UNREPORTED_COMMITMENTS)


async def quarantined_uids(tx: Transaction, sop_instance_uids: list[str]) -> set[str]:
    """Return those SOP Instance UIDs under which an object is set aside."""
    return {row[0] for row in await tx.values(QUARANTINED_UIDS, instances=sop_instance_uids)}
