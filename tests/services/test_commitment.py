import asyncio
from pathlib import Path

import pytest
from tests.peers.loopback import QUICK, Peer, listening
from tests.running_archive import RunningArchive

from sonarium.domain.commitment import (
    CommitmentOutcome,
    CommitmentRequest,
    FailureReason,
    ReferencedInstance,
)
from sonarium.domain.device import Device
from sonarium.net.association import Association, AssociationLost
from sonarium.net.requestor import associate
from sonarium.peers.commitment_scp import commitment_proposal
from sonarium.services.commitment import CommitmentRef, ReportRefused
from sonarium.services.devices import UnknownDevice
from sonarium.services.store import Stored

US_CINE = "1.2.840.10008.5.1.4.1.1.3.1"


def reference_to(stored: Stored) -> ReferencedInstance:
    return ReferencedInstance(stored.sop_class_uid, stored.sop_instance_uid)


def request_for(*instances: ReferencedInstance) -> CommitmentRequest:
    return CommitmentRequest("1.2.9", "SCANNER", "SONARIUM", instances)


@pytest.fixture
async def kept(sonarium: RunningArchive, testdata: Path) -> ReferencedInstance:
    path = testdata / "dicom" / "us" / "hp-pediatric-echo-3.dcm"
    return reference_to(await sonarium.keep(path))


async def jobs(archive: RunningArchive) -> int:
    async with archive.database.transaction() as tx:
        [(count,)] = await tx.values(b"SELECT count(*) FROM procrastinate_jobs")
    return int(count)


async def test_what_is_intact_is_committed_and_what_is_not_here_is_not(
    sonarium: RunningArchive, kept: ReferencedInstance
) -> None:
    missing = ReferencedInstance(US_CINE, "1.2.3.4.5")
    wrong_class = ReferencedInstance("1.2.840.10008.5.1.4.1.1.6.1", kept.sop_instance_uid)
    assert await sonarium.commitment.verify(request_for(missing, kept)) == CommitmentOutcome(
        (kept,), ((missing, FailureReason.NO_SUCH_OBJECT_INSTANCE),)
    )
    assert await sonarium.commitment.verify(request_for(wrong_class)) == CommitmentOutcome(
        (), ((wrong_class, FailureReason.CLASS_INSTANCE_CONFLICT),)
    )


@pytest.mark.parametrize("damage", ["flip", "truncate", "delete"])
async def test_damaged_bytes_are_never_committed_and_served_no_more(
    sonarium: RunningArchive, kept: ReferencedInstance, damage: str
) -> None:
    await asyncio.to_thread(_spoil, sonarium.folder / "blobs", damage)
    outcome = await sonarium.commitment.verify(request_for(kept))
    assert outcome == CommitmentOutcome((), ((kept, FailureReason.PROCESSING_FAILURE),))
    async with sonarium.database.transaction() as tx:
        [(damaged,)] = await tx.values(b"SELECT damaged_at IS NOT NULL FROM instance")
    assert damaged


async def test_a_uid_under_which_other_bytes_wait_is_not_committed(
    sonarium: RunningArchive, testdata: Path
) -> None:
    folder = testdata / "dicom" / "us"
    stored = await sonarium.keep(folder / "palette-jpegls-10frames.dcm")
    await sonarium.keep(folder / "palette-rle-10frames.dcm")
    disputed = reference_to(stored)
    outcome = await sonarium.commitment.verify(request_for(disputed))
    assert outcome == CommitmentOutcome((), ((disputed, FailureReason.PROCESSING_FAILURE),))


async def report_on(archive: RunningArchive, peer: Peer, ref: CommitmentRef) -> None:
    proposal = commitment_proposal(calling_ae_title="SONARIUM", called_ae_title="SCANNER")
    async with await associate(peer.address, proposal, QUICK) as association:
        outcome = await archive.commitment.verify_accepted(ref)
        await archive.commitment.report_on(association, ref, outcome)


async def test_a_report_on_the_open_association_leaves_its_job_nothing_to_do(
    sonarium: RunningArchive, kept: ReferencedInstance
) -> None:
    ref = await sonarium.commitment.accept(request_for(kept))
    assert [row.commitment_ref for row in await sonarium.commitment.unreported()] == [ref]
    assert await jobs(sonarium) == 1
    peer = Peer()
    async with listening(peer):
        await report_on(sonarium, peer, ref)
        assert await sonarium.commitment.unreported() == []
        await sonarium.commitment.deliver(ref)
    assert [command.event_type_id for command, _, _ in peer.received] == [1]


async def test_a_request_in_hand_is_not_taken_by_a_job(
    sonarium: RunningArchive, kept: ReferencedInstance
) -> None:
    ref = await sonarium.commitment.accept(request_for(kept))
    await sonarium.commitment.deliver(ref)
    [row] = await sonarium.commitment.unreported()
    assert row.attempts == 0


async def test_a_report_handed_over_goes_out_on_an_association_of_our_own(
    sonarium: RunningArchive, kept: ReferencedInstance
) -> None:
    ref = await sonarium.commitment.accept(request_for(kept))
    await sonarium.commitment.hand_over(ref)
    peer = Peer()
    async with listening(peer) as address:
        await sonarium.devices.put(Device("SCANNER", address.host, address.port))
        await sonarium.worker.run_due()
    [(command, _, _)] = peer.received
    assert command.event_type_id == 1
    assert peer.requests[0].called_ae_title == "SCANNER"
    assert await sonarium.commitment.unreported() == []


async def test_a_report_that_fails_is_owed_and_tried_again(
    sonarium: RunningArchive, kept: ReferencedInstance
) -> None:
    ref = await sonarium.commitment.accept(request_for(kept))
    await sonarium.commitment.hand_over(ref)
    with pytest.raises(UnknownDevice):
        await sonarium.commitment.deliver(ref)
    refusing = Peer(status_of=lambda _: 0x0110)
    async with listening(refusing) as address:
        await sonarium.devices.put(Device("SCANNER", address.host, address.port))
        with pytest.raises(ReportRefused):
            await sonarium.commitment.deliver(ref)
    [row] = await sonarium.commitment.unreported()
    assert (row.attempts, row.last_error) == (2, "ReportRefused")
    peer = Peer()
    async with listening(peer) as address:
        await sonarium.devices.put(Device("SCANNER", address.host, address.port))
        await sonarium.worker.run_due()
    assert len(peer.received) == 1
    assert await sonarium.commitment.unreported() == []


async def test_a_requestor_that_leaves_during_the_report_is_still_owed_it(
    sonarium: RunningArchive, kept: ReferencedInstance
) -> None:
    async def leave(association: Association) -> None:
        await association.abort()

    ref = await sonarium.commitment.accept(request_for(kept))
    peer = Peer()
    peer.before_response = leave
    async with listening(peer):
        with pytest.raises(AssociationLost):
            await report_on(sonarium, peer, ref)
    assert len(await sonarium.commitment.unreported()) == 1


def _spoil(folder: Path, damage: str) -> None:
    """Flip a byte of, cut or delete every file that holds blobs."""
    for path in [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]:
        if damage == "delete":
            path.unlink()
        elif damage == "truncate":
            with path.open("r+b") as file:
                file.truncate(10_000)
        else:
            with path.open("r+b") as file:
                file.seek(300_000)
                byte = file.read(1)
                file.seek(300_000)
                file.write(bytes([byte[0] ^ 1]))
