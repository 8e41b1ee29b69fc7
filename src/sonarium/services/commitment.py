"""Storage Commitment, [RAD-10]: say *committed* only of bytes that were just read again.

A request is a row, and a job that will report even if this process dies. Who reports first
marks the row, so that the other finds nothing left to do. A device that hears a report twice
knows it by its Transaction UID.
"""

import asyncio
import hashlib
from datetime import timedelta
from typing import Final

from pydantic import BaseModel

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import SonariumError, UnavailableError
from sonarium.base.log import get_logger
from sonarium.db.pool import Database
from sonarium.domain.commitment import (
    CommitmentOutcome,
    CommitmentRequest,
    FailureReason,
)
from sonarium.domain.query import QueryLevel
from sonarium.domain.retrieval import RetrieveRequest
from sonarium.index import commitments as rows
from sonarium.index.commitments import CommitmentRef, CommitmentRow
from sonarium.index.instances import InstanceRow, mark_damaged
from sonarium.index.retrieval import instances_to_retrieve
from sonarium.net.association import Association
from sonarium.net.requestor import associate
from sonarium.net.settings import AssociationSettings
from sonarium.peers.commitment_scp import commitment_proposal, report_commitment
from sonarium.queue.enqueue import enqueue
from sonarium.queue.payloads import ReportCommitment
from sonarium.services.devices import DeviceService
from sonarium.storage.blob_store import BlobStore
from sonarium.storage.errors import BlobDamaged, BlobMissing
from sonarium.wire.dimse.status import StatusCategory, status_category

__all__ = [
    "CommitmentRef",
    "CommitmentRow",
    "CommitmentService",
    "CommitmentSettings",
    "ReportRefused",
]

log = get_logger(__name__)

_HASHED_AT_ONCE: Final = 128 * 1024
"""Less is hashed sooner than a thread would have begun."""


class ReportRefused(UnavailableError):
    """The requestor answered our report with a failure."""


class CommitmentSettings(BaseModel, frozen=True, extra="forbid"):
    """Storage commitment."""

    lease: timedelta = timedelta(minutes=10)
    """How long whoever took a request in hand may verify and report before a job takes over."""


class CommitmentService:
    """Takes requests for commitment, verifies what is stored, and reports."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        devices: DeviceService,
        association: AssociationSettings,
        settings: CommitmentSettings,
        *,
        ae_title: str,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._devices = devices
        self._association = association
        self._settings = settings
        self._ae_title = ae_title
        self._clock = clock

    async def accept(self, request: CommitmentRequest) -> CommitmentRef:
        """Keep a request; its report is owed from now on.

        The caller has it in hand for the time of the lease: it calls `report_on` or
        `hand_over`. If it does neither, a job reports after that.
        """
        lease_ends = self._clock() + self._settings.lease
        async with self._database.transaction() as tx:
            ref = await rows.add_commitment(tx, request, claimed_until=lease_ends)
            await enqueue(tx, ReportCommitment(ref), not_before=lease_ends)
        return ref

    async def verify_accepted(self, ref: CommitmentRef) -> CommitmentOutcome:
        """Verify what an accepted request names."""
        async with self._database.transaction() as tx:
            commitment = await rows.get_commitment(tx, ref)
        return await self.verify(commitment.request)

    async def report_on(
        self, association: Association, ref: CommitmentRef, outcome: CommitmentOutcome
    ) -> None:
        """Report on an association that the requestor holds open.

        Raises:
            AssociationLost: it is gone; `hand_over`.
            ReportRefused: the requestor did not take the report; `hand_over`.
        """
        async with self._database.transaction() as tx:
            commitment = await rows.get_commitment(tx, ref)
        await self._report(association, commitment, outcome)

    async def hand_over(self, ref: CommitmentRef) -> None:
        """Let a job report on a new association, at once."""
        async with self._database.transaction() as tx:
            await rows.release_claim(tx, ref, error=None)
            await enqueue(tx, ReportCommitment(ref))

    async def deliver(self, ref: CommitmentRef) -> None:
        """Verify, and report on a new association to the requestor, if nobody else has.

        Raises:
            UnknownDevice: nobody has told us where the requestor listens.
            UnavailableError, PeerError: it cannot be reached, or does not take the report.
        """
        now = self._clock()
        async with self._database.transaction() as tx:
            commitment = await rows.claim_commitment(
                tx, ref, now=now, until=now + self._settings.lease
            )
        if commitment is None:
            return
        try:
            await self._deliver(commitment)
        except SonariumError as error:
            async with self._database.transaction() as tx:
                await rows.release_claim(tx, ref, error=type(error).__name__)
            raise

    async def verify(self, request: CommitmentRequest) -> CommitmentOutcome:
        """Read every instance of a request again and compare it with what was received.

        An instance under whose UID other bytes are set aside is not committed: nobody can
        say which of the two the requestor means.
        """
        uids = [instance.sop_instance_uid for instance in request.instances]
        async with self._database.transaction() as tx:
            found = await instances_to_retrieve(
                tx, RetrieveRequest(QueryLevel.IMAGE, sop_instance_uids=tuple(uids))
            )
            in_dispute = await rows.quarantined_uids(tx, uids)
        stored = {row.sop_instance_uid: row for row in found}
        committed = []
        failed = []
        for instance in request.instances:
            row = stored.get(instance.sop_instance_uid)
            if row is None:
                failed.append((instance, FailureReason.NO_SUCH_OBJECT_INSTANCE))
            elif row.sop_class_uid != instance.sop_class_uid:
                failed.append((instance, FailureReason.CLASS_INSTANCE_CONFLICT))
            elif row.sop_instance_uid in in_dispute or not await self._is_intact(row):
                failed.append((instance, FailureReason.PROCESSING_FAILURE))
            else:
                committed.append(instance)
        return CommitmentOutcome(tuple(committed), tuple(failed))

    async def unreported(self) -> list[CommitmentRow]:
        """List requests that still wait for their report, oldest first."""
        async with self._database.transaction() as tx:
            return await rows.unreported_commitments(tx)

    async def _is_intact(self, instance: InstanceRow) -> bool:
        """Read and hash the stored data set; what is found damaged is served no more."""
        if instance.is_damaged:
            return False
        digest = hashlib.sha256()
        length = 0
        try:
            async for chunk in self._blobs.iter_range(
                instance.blob_key, instance.data_set_offset, instance.data_set_length
            ):
                length += len(chunk)
                if len(chunk) > _HASHED_AT_ONCE:
                    await asyncio.to_thread(digest.update, chunk)
                else:
                    digest.update(chunk)
        except (BlobMissing, BlobDamaged):
            is_intact = False
        else:
            is_intact = length == instance.data_set_length and digest.digest() == instance.sha256
        if not is_intact:
            log.error("stored_bytes_damaged", blob=instance.blob_key)
            async with self._database.transaction() as tx:
                await mark_damaged(tx, [instance.blob_key])
        return is_intact

    async def _deliver(self, commitment: CommitmentRow) -> None:
        request = commitment.request
        device = await self._devices.get(request.requesting_ae_title)
        outcome = await self.verify(request)
        proposal = commitment_proposal(
            calling_ae_title=request.called_ae_title or self._ae_title,
            called_ae_title=request.requesting_ae_title,
        )
        address = self._devices.address_of(device)
        async with await associate(address, proposal, self._association) as association:
            await self._report(association, commitment, outcome)

    async def _report(
        self, association: Association, commitment: CommitmentRow, outcome: CommitmentOutcome
    ) -> None:
        status = await report_commitment(
            association,
            commitment.request.transaction_uid,
            outcome,
            retrieve_ae_title=self._ae_title,
        )
        if status_category(status) not in (StatusCategory.SUCCESS, StatusCategory.WARNING):
            raise ReportRefused("the requestor refused the storage commitment report")
        async with self._database.transaction() as tx:
            await rows.mark_reported(
                tx,
                commitment.commitment_ref,
                at=self._clock(),
                number_failed=len(outcome.failed),
            )
