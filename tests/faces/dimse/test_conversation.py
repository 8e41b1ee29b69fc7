import asyncio
from datetime import timedelta

from structlog.testing import capture_logs
from tests.faces.dimse.entity import US_IMAGE, Entity, StartEntity, context_id_of

from sonarium.faces.dimse.sop_classes import STUDY_ROOT, VERIFICATION_SOP_CLASS
from sonarium.net.association import Association
from sonarium.wire.dimse.command import Command, CommandField
from sonarium.wire.dimse.status import Status

ECHO = Command(field=CommandField.C_ECHO_RQ, affected_sop_class_uid=VERIFICATION_SOP_CLASS)
STORE = Command(
    field=CommandField.C_STORE_RQ,
    affected_sop_class_uid=US_IMAGE,
    affected_sop_instance_uid="1.2.3",
    priority=0,
    has_data_set=True,
)


async def ask(
    association: Association, sop_class_uid: str, command: Command, body: bytes | None = None
) -> Command:
    operation = await association.invoke(context_id_of(sop_class_uid), command, body)
    return (await operation.response()).command


async def test_an_operation_that_the_sop_class_does_not_have_is_refused(entity: Entity) -> None:
    async with await entity.call() as association:
        for field in (CommandField.C_MOVE_RQ, CommandField.N_GET_RQ, CommandField.C_FIND_RQ):
            response = await ask(association, VERIFICATION_SOP_CLASS, Command(field=field))
            assert response.field is field.response
            assert response.status == Status.UNRECOGNIZED_OPERATION
        assert (await ask(association, VERIFICATION_SOP_CLASS, ECHO)).status == Status.SUCCESS


async def test_a_request_on_the_context_of_another_sop_class_is_refused(entity: Entity) -> None:
    async with await entity.call() as association:
        wrong = Command(
            field=CommandField.C_ECHO_RQ, affected_sop_class_uid=STUDY_ROOT.find_sop_class_uid
        )
        response = await ask(association, VERIFICATION_SOP_CLASS, wrong)
    assert response.status == Status.SOP_CLASS_NOT_SUPPORTED


async def test_the_end_of_an_association_is_one_event_with_counts(entity: Entity) -> None:
    with capture_logs() as events:
        async with await entity.call() as association:
            await ask(association, VERIFICATION_SOP_CLASS, ECHO)
            await ask(association, US_IMAGE, STORE, b"12345678")
        await entity.is_deserted()
    [event] = [event for event in events if event["event"] == "dimse_association_ended"]
    assert event["reason"] == "released"
    assert (event["operations"], event["stored"], event["refused"]) == (1, 1, 0)
    assert not {"SCANNER", "1.2.3", US_IMAGE} & {str(value) for value in event.values()}


async def test_a_release_waits_for_the_index_no_longer_than_it_may(
    start_entity: StartEntity,
) -> None:
    entity = await start_entity(release_wait=timedelta(milliseconds=10))
    entity.store.indexed.clear()
    async with asyncio.timeout(5):
        async with await entity.call() as association:
            await ask(association, US_IMAGE, STORE, b"12345678")


async def test_a_failing_peer_does_not_touch_another(entity: Entity) -> None:
    good = await entity.call()
    bad = await entity.call()
    await bad.send(
        context_id_of(US_IMAGE),
        Command(field=CommandField.C_STORE_RSP, message_id_responded_to=7, status=0),
    )
    await bad.abort()
    async with good:
        assert (await ask(good, VERIFICATION_SOP_CLASS, ECHO)).status == Status.SUCCESS
