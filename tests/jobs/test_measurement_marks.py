from sonarium.jobs.measurement_marks import measurement_marks_handler
from sonarium.queue.payloads import WriteMarks
from sonarium.services.measurement_marks import MeasurementMarks


class Recorder(MeasurementMarks):
    """Notes what it was asked to write."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def write(self, blob_key: str) -> None:
        self.asked.append(blob_key)


async def test_the_job_writes_the_report_that_it_names() -> None:
    service = Recorder()
    handler = measurement_marks_handler(service)
    assert handler.kind is WriteMarks
    await handler.run(WriteMarks("loose/ab"))
    assert service.asked == ["loose/ab"]
