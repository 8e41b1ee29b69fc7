"""Measurements as presentation states."""

from sonarium.queue.payloads import WriteMarks
from sonarium.queue.worker import Handler
from sonarium.services.measurement_marks import MeasurementMarks


def measurement_marks_handler(service: MeasurementMarks) -> Handler[WriteMarks]:
    """Build the handler; a report that was superseded makes its job do nothing."""

    async def write(payload: WriteMarks) -> None:
        await service.write(payload.blob_key)

    return Handler(WriteMarks, write)
