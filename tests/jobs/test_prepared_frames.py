from sonarium.jobs.prepared_frames import prepared_frames_handler
from sonarium.queue.payloads import PrepareFrames
from sonarium.services.frame_preparation import FramePreparation


class Recorder(FramePreparation):
    """Notes what it was asked to draw."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def prepare(self, blob_key: str) -> None:
        self.asked.append(blob_key)


async def test_the_job_draws_the_object_that_it_names() -> None:
    service = Recorder()
    handler = prepared_frames_handler(service)
    assert handler.kind is PrepareFrames
    await handler.run(PrepareFrames("loose/ab"))
    assert service.asked == ["loose/ab"]
