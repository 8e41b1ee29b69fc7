import asyncio
from datetime import timedelta

import pytest
from tests.faces.dimse.entity import Entity, StartEntity, context_id_of

from sonarium.base.errors import SonariumError
from sonarium.dicom.encode import decode_identifier, encode_attributes
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.attributes import Attributes
from sonarium.domain.query import QueryLevel
from sonarium.domain.retrieval import RetrieveRequest
from sonarium.faces.dimse.sop_classes import STUDY_ROOT
from sonarium.net.association import Operation
from sonarium.services.devices import UnknownDevice
from sonarium.services.move import MoveOriginator, SubOperations
from sonarium.services.store import DatabaseUnavailable
from sonarium.wire.dimse.command import Command, CommandField, Priority
from sonarium.wire.dimse.status import Status

MOVE = STUDY_ROOT.move_sop_class_uid
GET = STUDY_ROOT.get_sop_class_uid
STUDY: Attributes = {
    "00080052": {"vr": "CS", "Value": ["STUDY"]},
    "0020000D": {"vr": "UI", "Value": ["1.2.3"]},
}


def move_request(destination: str | None = "VIEWER") -> Command:
    return Command(
        field=CommandField.C_MOVE_RQ,
        affected_sop_class_uid=MOVE,
        priority=Priority.HIGH,
        move_destination=destination,
        has_data_set=True,
    )


GET_REQUEST = Command(
    field=CommandField.C_GET_RQ, affected_sop_class_uid=GET, priority=0, has_data_set=True
)


async def responses_of(operation: Operation) -> list[tuple[Command, Attributes]]:
    return [
        (
            response.command,
            decode_identifier(await response.read(100_000), EXPLICIT_VR_LITTLE_ENDIAN)
            if response.command.has_data_set
            else {},
        )
        async for response in operation.responses()
    ]


async def retrieve(
    entity: Entity, request: Command, identifier: Attributes = STUDY
) -> list[tuple[Command, Attributes]]:
    async with await entity.call() as association:
        operation = await association.invoke(
            context_id_of(request.affected_sop_class_uid or ""),
            request,
            encode_attributes(identifier, EXPLICIT_VR_LITTLE_ENDIAN),
        )
        return await responses_of(operation)


def counts(command: Command) -> tuple[int | None, ...]:
    return (
        command.number_of_remaining_sub_operations,
        command.number_of_completed_sub_operations,
        command.number_of_failed_sub_operations,
        command.number_of_warning_sub_operations,
    )


async def test_pending_responses_count_the_sub_operations(entity: Entity) -> None:
    entity.move.steps = [SubOperations(2, 1), SubOperations(1, 1, 1), SubOperations(0, 1, 1, 1)]
    entity.move.outcome = SubOperations(0, 1, 1, 1, ("1.2.3.4",))
    *pending, (final, identifier) = await retrieve(entity, move_request())
    assert [counts(command) for command, _ in pending] == [(2, 1, 0, 0), (1, 1, 1, 0)]
    assert final.status == 0xB000
    assert counts(final) == (None, 1, 1, 1)
    assert identifier == {"00080058": {"vr": "UI", "Value": ["1.2.3.4"]}}


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (SubOperations(0), 0x0000),
        (SubOperations(0, completed=3), 0x0000),
        (SubOperations(0, completed=1, warning=2), 0xB000),
        (SubOperations(0, completed=1, failed=1), 0xB000),
        (SubOperations(0, failed=2), 0xA702),
        (SubOperations(1, completed=2, is_cancelled=True), 0xFE00),
    ],
)
async def test_the_final_status_follows_from_the_counts(
    entity: Entity, outcome: SubOperations, status: int
) -> None:
    entity.move.outcome = outcome
    for request in (move_request(), GET_REQUEST):
        [(final, _)] = await retrieve(entity, request)
        assert final.status == status
        remaining = outcome.remaining if outcome.is_cancelled else None
        assert final.number_of_remaining_sub_operations == remaining


async def test_the_service_learns_who_asked_and_how_urgently(entity: Entity) -> None:
    await retrieve(entity, move_request("VIEWER  "))
    await retrieve(entity, GET_REQUEST)
    wanted = RetrieveRequest(QueryLevel.STUDY, study_instance_uids=("1.2.3",))
    assert entity.move.asked == [
        (wanted, "VIEWER", MoveOriginator("SCANNER", 1), Priority.HIGH),
        (wanted, None, None, Priority.MEDIUM),
    ]


@pytest.mark.parametrize(
    ("error", "status"),
    [(UnknownDevice("nobody"), 0xA801), (DatabaseUnavailable("down"), 0xA701)],
)
async def test_what_cannot_begin_is_refused(
    entity: Entity, error: SonariumError, status: int
) -> None:
    entity.move.failure = error
    [(response, _)] = await retrieve(entity, move_request())
    assert response.status == status
    assert response.error_comment == str(error)


async def test_a_move_without_destination_or_unique_key_is_refused(entity: Entity) -> None:
    [(response, _)] = await retrieve(entity, move_request(None))
    assert response.status == Status.MISTYPED_ARGUMENT
    level: Attributes = {"00080052": {"vr": "CS", "Value": ["STUDY"]}}
    [(response, _)] = await retrieve(entity, move_request(), level)
    assert response.status == Status.DATA_SET_DOES_NOT_MATCH_SOP_CLASS
    assert response.offending_elements == (0x0020000D,)


async def test_pending_responses_keep_their_distance(start_entity: StartEntity) -> None:
    entity = await start_entity(pending_interval=timedelta(hours=1))
    entity.move.steps = [SubOperations(remaining) for remaining in (3, 2, 1, 0)]
    responses = await retrieve(entity, move_request())
    assert [command.status for command, _ in responses] == [Status.PENDING, Status.SUCCESS]


async def test_a_long_list_of_failures_is_cut_to_what_one_value_holds(entity: Entity) -> None:
    uids = tuple(f"1.2.{number:060}" for number in range(2000))
    entity.move.outcome = SubOperations(
        0, completed=70_000, failed=2000, failed_sop_instance_uids=uids
    )
    [(final, identifier)] = await retrieve(entity, move_request())
    listed = identifier["00080058"]["Value"]
    assert isinstance(listed, list)
    assert 900 < len(listed) < 1010
    assert final.number_of_failed_sub_operations == 2000
    assert final.number_of_completed_sub_operations == 65535


async def test_a_cancelled_retrieval_stops(entity: Entity) -> None:
    entity.move.steps = [SubOperations(remaining) for remaining in range(2000, 0, -1)]
    async with await entity.call() as association:
        operation = await association.invoke(
            context_id_of(MOVE),
            move_request(),
            encode_attributes(STUDY, EXPLICIT_VR_LITTLE_ENDIAN),
        )
        await operation.response()
        await operation.cancel()
        async with asyncio.timeout(5):
            responses = await responses_of(operation)
    final, _ = responses[-1]
    assert final.status == Status.CANCEL
    assert (final.number_of_remaining_sub_operations or 0) > 0


async def test_a_requestor_who_leaves_cancels(entity: Entity) -> None:
    entity.move.steps = [SubOperations(remaining) for remaining in range(100_000, 0, -1)]
    association = await entity.call()
    operation = await association.invoke(
        context_id_of(MOVE), move_request(), encode_attributes(STUDY, EXPLICIT_VR_LITTLE_ENDIAN)
    )
    await operation.response()
    await association.abort()
    await entity.is_deserted()
