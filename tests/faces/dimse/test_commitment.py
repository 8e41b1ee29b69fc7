import asyncio
from datetime import timedelta

import pytest
from tests.faces.dimse.entity import US_IMAGE, Entity, StartEntity, context_id_of

from sonarium.dicom.encode import decode_identifier, encode_attributes
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.attributes import Attributes
from sonarium.domain.commitment import ReferencedInstance
from sonarium.faces.dimse.sop_classes import STORAGE_COMMITMENT_PUSH_MODEL
from sonarium.net.association import Association
from sonarium.net.incoming import IncomingMessage
from sonarium.services.store import DatabaseUnavailable
from sonarium.wire.dimse.command import Command, CommandField
from sonarium.wire.dimse.status import Status

COMMITMENT = context_id_of(STORAGE_COMMITMENT_PUSH_MODEL)
INSTANCE = "1.2.840.10008.1.20.1.1"


def reference(uid: str) -> Attributes:
    return {
        "00081150": {"vr": "UI", "Value": [US_IMAGE]},
        "00081155": {"vr": "UI", "Value": [uid]},
    }


def action(*uids: str, transaction_uid: str = "1.2.9") -> Attributes:
    return {
        "00081195": {"vr": "UI", "Value": [transaction_uid]},
        "00081199": {"vr": "SQ", "Value": [dict(reference(uid)) for uid in uids]},
    }


async def request(
    association: Association,
    information: Attributes | None,
    *,
    action_type_id: int = 1,
    sop_instance_uid: str = INSTANCE,
) -> Command:
    operation = await association.invoke(
        COMMITMENT,
        Command(
            field=CommandField.N_ACTION_RQ,
            requested_sop_class_uid=STORAGE_COMMITMENT_PUSH_MODEL,
            requested_sop_instance_uid=sop_instance_uid,
            action_type_id=action_type_id,
            has_data_set=information is not None,
        ),
        None if information is None else encode_attributes(information, EXPLICIT_VR_LITTLE_ENDIAN),
    )
    return (await operation.response()).command


async def take(association: Association, event: IncomingMessage) -> None:
    await association.send(
        event.context.context_id,
        Command(
            field=CommandField.N_EVENT_REPORT_RSP,
            message_id_responded_to=event.command.message_id,
            status=0,
        ),
    )


async def test_a_requestor_that_waits_gets_its_report_on_the_same_association(
    entity: Entity,
) -> None:
    async with await entity.call() as association:
        accepted = await request(association, action("1.2.1", "1.2.2", "1.2.1"))
        assert accepted.status == Status.SUCCESS
        assert accepted.affected_sop_instance_uid == INSTANCE
        assert accepted.action_type_id == 1
        event = await association.receive()
        assert event is not None
        assert event.command.field is CommandField.N_EVENT_REPORT_RQ
        assert event.command.event_type_id == 1
        raw = await event.read(10_000)
        await take(association, event)
    report = decode_identifier(raw, EXPLICIT_VR_LITTLE_ENDIAN)
    assert report["00081195"]["Value"] == ["1.2.9"]
    assert report["00081199"]["Value"] == [reference("1.2.1"), reference("1.2.2")]
    [kept] = entity.commitment.requests
    assert kept.requesting_ae_title == "SCANNER"
    assert kept.called_ae_title == "SONARIUM"
    assert kept.instances == (
        ReferencedInstance(US_IMAGE, "1.2.1"),
        ReferencedInstance(US_IMAGE, "1.2.2"),
    )
    assert entity.commitment.handed_over == []


async def test_a_requestor_that_releases_with_its_answer_is_not_told_again(
    entity: Entity,
) -> None:
    entity.commitment.may_note.clear()
    async with await entity.call() as association, asyncio.TaskGroup() as tasks:
        await request(association, action("1.2.1"))
        event = await association.receive()
        assert event is not None
        await event.read(10_000)
        await take(association, event)
        tasks.create_task(association.release())
        for _ in range(1000):  # the release arrives before our note is made
            await asyncio.sleep(0)
        entity.commitment.may_note.set()
    assert entity.commitment.handed_over == []


async def test_a_requestor_that_releases_at_once_is_reported_to_by_a_job(
    start_entity: StartEntity,
) -> None:
    entity = await start_entity(commitment_pause=timedelta(hours=1))
    async with await entity.call() as association:
        assert (await request(association, action("1.2.1"))).status == Status.SUCCESS
    async with asyncio.timeout(5):
        while not entity.commitment.handed_over:
            await asyncio.sleep(0)


async def test_a_requestor_that_aborts_is_reported_to_by_a_job(start_entity: StartEntity) -> None:
    entity = await start_entity(commitment_pause=timedelta(hours=1))
    association = await entity.call()
    await request(association, action("1.2.1"))
    await association.abort()
    async with asyncio.timeout(5):
        while not entity.commitment.handed_over:
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    "information",
    [
        action(),
        action("1.2.1", transaction_uid="no uid"),
        {"00081195": {"vr": "UI", "Value": ["1.2.9"]}},
        {
            "00081195": {"vr": "UI", "Value": ["1.2.9"]},
            "00081199": {"vr": "SQ", "Value": [{"00081155": {"vr": "UI", "Value": ["1.2"]}}]},
        },
    ],
)
async def test_action_information_that_names_nothing_is_refused(
    entity: Entity, information: Attributes
) -> None:
    async with await entity.call() as association:
        response = await request(association, information)
    assert response.status == Status.INVALID_ARGUMENT_VALUE
    assert not entity.commitment.requests


async def test_another_action_or_instance_is_refused(start_entity: StartEntity) -> None:
    entity = await start_entity(maximum_commitment_references=2)
    async with await entity.call() as association:
        response = await request(association, action("1.2.1"), action_type_id=2)
        assert response.status == Status.NO_SUCH_ACTION_TYPE
        response = await request(association, action("1.2.1"), sop_instance_uid="1.2.3")
        assert response.status == Status.NO_SUCH_SOP_INSTANCE
        response = await request(association, None)
        assert response.status == Status.MISTYPED_ARGUMENT
        response = await request(association, action("1", "2", "3"))
        assert response.status == Status.INVALID_ARGUMENT_VALUE


async def test_a_request_that_cannot_be_kept_is_refused(entity: Entity) -> None:
    entity.commitment.failure = DatabaseUnavailable("down")
    async with await entity.call() as association:
        response = await request(association, action("1.2.1"))
    assert response.status == Status.RESOURCE_LIMITATION
