from datetime import timedelta

import pytest

from sonarium.base.clock import utc_now
from sonarium.db.errors import RowMissing
from sonarium.db.pool import Database
from sonarium.domain.commitment import CommitmentRequest, ReferencedInstance
from sonarium.index.commitments import (
    CommitmentRef,
    add_commitment,
    claim_commitment,
    get_commitment,
    mark_reported,
    quarantined_uids,
    release_claim,
    unreported_commitments,
)

REQUEST = CommitmentRequest(
    "1.2.9",
    "SCANNER",
    "SONARIUM",
    (ReferencedInstance("1.1", "1.2"), ReferencedInstance("1.1", "1.3")),
)
NOW = utc_now()
LATER = NOW + timedelta(minutes=10)


async def test_a_request_is_kept_as_it_was_asked(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await add_commitment(tx, REQUEST, claimed_until=LATER)
        row = await get_commitment(tx, ref)
        assert row.request == REQUEST
        assert row.attempts == 0
        assert [one.commitment_ref for one in await unreported_commitments(tx)] == [ref]
        with pytest.raises(RowMissing):
            await get_commitment(tx, CommitmentRef(ref + 1))


async def test_a_request_is_in_one_hand_at_a_time(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await add_commitment(tx, REQUEST, claimed_until=LATER)
        assert await claim_commitment(tx, ref, now=NOW, until=LATER) is None
        claimed = await claim_commitment(tx, ref, now=LATER, until=LATER + timedelta(minutes=1))
        assert claimed is not None
        assert claimed.attempts == 1
        assert await claim_commitment(tx, ref, now=LATER, until=LATER) is None
        await release_claim(tx, ref, error="PeerUnreachable")
        again = await claim_commitment(tx, ref, now=NOW, until=LATER)
        assert again is not None
        assert (again.attempts, again.last_error) == (2, "PeerUnreachable")
        await release_claim(tx, ref, error=None)
        assert (await get_commitment(tx, ref)).last_error == "PeerUnreachable"


async def test_a_reported_request_is_owed_no_more(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await add_commitment(tx, REQUEST, claimed_until=NOW)
        await mark_reported(tx, ref, at=NOW, number_failed=1)
        assert await unreported_commitments(tx) == []
        assert await claim_commitment(tx, ref, now=LATER, until=LATER) is None


async def test_uids_in_quarantine_are_known(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            b"INSERT INTO quarantine (reason, sop_instance_uid, study_instance_uid, blob_key,"
            b" sha256, source, received_at) VALUES ('x', '1.2', '1', 'b', '', '{}', now())"
        )
        assert await quarantined_uids(tx, ["1.1", "1.2"]) == {"1.2"}
