"""Storage commitment reports on associations of our own (PS3.4 J.3.3)."""

from sonarium.queue.payloads import ReportCommitment
from sonarium.queue.worker import Handler
from sonarium.services.commitment import CommitmentRef, CommitmentService


def commitment_handler(service: CommitmentService) -> Handler[ReportCommitment]:
    """Build the handler; a report that is out already makes its job do nothing."""

    async def report(payload: ReportCommitment) -> None:
        await service.deliver(CommitmentRef(payload.commitment_ref))

    return Handler(ReportCommitment, report)
