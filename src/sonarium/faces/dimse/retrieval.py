"""C-MOVE and C-GET as SCP (PS3.4 C.4.2, C.4.3): counts sub-operations for the requestor."""

from asyncio import get_running_loop
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sonarium.dicom.encode import decode_identifier, encode_attributes
from sonarium.domain.device import Caller
from sonarium.domain.retrieval import RetrieveRequest
from sonarium.faces.dimse.errors import MistypedArgument
from sonarium.faces.dimse.identifier import check_bounds, extensions_of, retrieve_identifier
from sonarium.faces.dimse.requests import Request, response_to, viewer_of
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.faces.dimse.sop_classes import GET_MODELS, MOVE_MODELS, InformationModel
from sonarium.net.errors import AssociationLost
from sonarium.services.callers import CallerService, DestinationRefused
from sonarium.services.move import MoveOriginator, MoveService, SubOperations
from sonarium.wire.dimse.command import Command, Priority
from sonarium.wire.dimse.status import Status

_LONGEST_UID_LIST: Final = 65_000
"""A UI value has a 16-bit length in Explicit VR; what goes beyond is counted, not named."""
_HIGHEST_COUNT: Final = 0xFFFF
"""Numbers of sub-operations are US."""


class RetrieveSCP:
    """Serves C-MOVE and C-GET requests."""

    def __init__(
        self, service: MoveService, callers: CallerService, settings: DimseSettings
    ) -> None:
        self._service = service
        self._callers = callers
        self._settings = settings

    async def serve_move(self, request: Request) -> None:
        """Send the named instances to the move destination."""
        destination = (request.command.move_destination or "").strip()
        if not destination:
            raise MistypedArgument("the request has no Move Destination")
        association = request.association
        try:
            self._callers.check_destination(association.calling_ae_title, destination)
        except DestinationRefused as error:
            caller = Caller(association.calling_ae_title, association.peer_address)
            self._callers.note_refusal(caller, str(error), is_known=True)
            raise
        wanted = await self._identifier(request, MOVE_MODELS)
        outcome = await self._service.move(
            viewer_of(request, self._callers),
            wanted,
            destination,
            _Progress(request, self._settings),
            originator=MoveOriginator(
                request.association.calling_ae_title, request.command.message_id or 0
            ),
            priority=_priority_of(request.command),
        )
        await _finish(request, outcome)

    async def serve_get(self, request: Request) -> None:
        """Send the named instances back over the requestor's own association."""
        wanted = await self._identifier(request, GET_MODELS)
        outcome = await self._service.get(
            viewer_of(request, self._callers),
            wanted,
            request.association,
            _Progress(request, self._settings),
            priority=_priority_of(request.command),
        )
        await _finish(request, outcome)

    async def _identifier(
        self, request: Request, models: Mapping[str, InformationModel]
    ) -> RetrieveRequest:
        context = request.message.context
        raw = await request.message.read(self._settings.maximum_identifier_length)
        attributes = decode_identifier(raw, context.transfer_syntax)
        check_bounds(attributes, self._settings)
        return retrieve_identifier(
            attributes,
            models[context.abstract_syntax],
            extensions_of(request.association, context.abstract_syntax, self._settings),
        )


class _Progress:
    """Tells the requestor how the sub-operations go, and the service when to stop."""

    def __init__(self, request: Request, settings: DimseSettings) -> None:
        self._request = request
        self._interval = settings.pending_interval.total_seconds()
        self._clock = get_running_loop().time
        self._next_at = 0.0
        self._is_gone = False

    @property
    def is_cancelled(self) -> bool:
        """Tell whether the requestor wants no more, or is no more."""
        return self._is_gone or self._request.is_cancelled

    async def report(self, counts: SubOperations) -> None:
        """Send a Pending response, unless one went out just now.

        A requestor who is gone cancels; the final response then finds the association lost.
        """
        now = self._clock()
        if now < self._next_at or counts.remaining == 0:
            return
        self._next_at = now + self._interval
        request = self._request
        pending = _with_counts(response_to(request.command, Status.PENDING), counts)
        try:
            await request.association.send(request.context_id, pending)
        except AssociationLost:
            self._is_gone = True


async def _finish(request: Request, outcome: SubOperations) -> None:
    """Send the final response (PS3.4 C.4.2.1.5 to C.4.2.1.7)."""
    request.tally.sent += outcome.completed + outcome.warning
    status = _final_status(outcome)
    failed = _failed_list(outcome)
    identifier = None
    if failed and status is not Status.SUCCESS:
        identifier = encode_attributes(
            {"00080058": {"vr": "UI", "Value": list(failed)}},
            request.message.context.transfer_syntax,
        )
    response = response_to(
        request.command,
        status,
        comment=outcome.problem,
        has_data_set=identifier is not None,
    )
    counted = _with_counts(response, outcome)
    if status is not Status.CANCEL:
        counted = replace(counted, number_of_remaining_sub_operations=None)
    await request.association.send(request.context_id, counted, identifier)


def _final_status(outcome: SubOperations) -> Status:
    if outcome.is_cancelled:
        return Status.CANCEL
    if outcome.failed and not outcome.completed and not outcome.warning:
        return Status.UNABLE_TO_PERFORM_SUB_OPERATIONS
    if outcome.failed or outcome.warning:
        return Status.COERCION_OF_DATA_ELEMENTS  # in retrievals: complete, with failures
    return Status.SUCCESS


def _failed_list(outcome: SubOperations) -> tuple[str, ...]:
    """Return Failed SOP Instance UID List (0008,0058), as much as one value can hold."""
    length = 0
    for count, uid in enumerate(outcome.failed_sop_instance_uids):
        length += len(uid) + 1
        if length > _LONGEST_UID_LIST:
            return outcome.failed_sop_instance_uids[:count]
    return outcome.failed_sop_instance_uids


def _with_counts(response: Command, counts: SubOperations) -> Command:
    return replace(
        response,
        number_of_remaining_sub_operations=min(counts.remaining, _HIGHEST_COUNT),
        number_of_completed_sub_operations=min(counts.completed, _HIGHEST_COUNT),
        number_of_failed_sub_operations=min(counts.failed, _HIGHEST_COUNT),
        number_of_warning_sub_operations=min(counts.warning, _HIGHEST_COUNT),
    )


def _priority_of(command: Command) -> int:
    priority = command.priority
    return priority if priority in (Priority.MEDIUM, Priority.HIGH, Priority.LOW) else 0
