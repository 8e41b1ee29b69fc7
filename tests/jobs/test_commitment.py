from sonarium.jobs.commitment import commitment_handler
from sonarium.queue.payloads import ReportCommitment
from sonarium.services.commitment import CommitmentRef, CommitmentService


class Recorder(CommitmentService):
    """Notes which reports it was asked to deliver."""

    def __init__(self) -> None:
        self.delivered: list[CommitmentRef] = []

    async def deliver(self, ref: CommitmentRef) -> None:
        self.delivered.append(ref)


async def test_the_job_delivers_the_report_that_it_names() -> None:
    service = Recorder()
    handler = commitment_handler(service)
    assert handler.kind is ReportCommitment
    await handler.run(ReportCommitment(commitment_ref=7))
    assert service.delivered == [CommitmentRef(7)]
