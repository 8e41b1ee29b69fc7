"""Frames of long loops, drawn ahead."""

from sonarium.queue.payloads import PrepareFrames
from sonarium.queue.worker import Handler
from sonarium.services.frame_preparation import FramePreparation


def prepared_frames_handler(service: FramePreparation) -> Handler[PrepareFrames]:
    """Build the handler; frames that are ready already make its job do nothing."""

    async def prepare(payload: PrepareFrames) -> None:
        await service.prepare(payload.blob_key)

    return Handler(PrepareFrames, prepare)
