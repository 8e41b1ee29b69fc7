import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from tests.faces.dimse.entity import US_IMAGE, Entity, context_id_of

from sonarium.base.errors import SonariumError, UnavailableError
from sonarium.services.store import (
    DatabaseUnavailable,
    Door,
    InstanceUIDMismatch,
    MalformedDataSet,
    MissingIdentity,
    OutOfSpace,
    SOPClassMismatch,
    Source,
    StorageUnavailable,
    TruncatedDataSet,
)
from sonarium.wire.dimse.command import Command, CommandField
from sonarium.wire.dimse.status import Status
from sonarium.wire.upper_layer.user_information import AsynchronousOperationsWindow

STORAGE = context_id_of(US_IMAGE)
DATA_SET = b"\x08\x00\x05\x00CS\x00\x00" * 100
REQUEST = Command(
    field=CommandField.C_STORE_RQ,
    affected_sop_class_uid=US_IMAGE,
    affected_sop_instance_uid="1.2.3.4",
    priority=0,
    has_data_set=True,
)


async def store(entity: Entity, request: Command = REQUEST, context_id: int = STORAGE) -> Command:
    async with await entity.call() as association:
        body = DATA_SET if request.has_data_set else None
        operation = await association.invoke(context_id, request, body)
        return (await operation.response()).command


async def test_an_object_arrives_as_it_was_sent_and_is_acknowledged(entity: Entity) -> None:
    response = await store(entity)
    assert response.status == Status.SUCCESS
    assert response.affected_sop_class_uid == US_IMAGE
    assert response.affected_sop_instance_uid == "1.2.3.4"
    [(arrival, data_set)] = entity.store.objects
    assert data_set == DATA_SET
    assert arrival.sop_class_uid == US_IMAGE
    assert arrival.sop_instance_uid == "1.2.3.4"
    assert arrival.source == Source(Door.DIMSE, "SCANNER", "SONARIUM", "127.0.0.1")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OutOfSpace("full"), 0xA700),
        (StorageUnavailable("read-only"), 0xA700),
        (DatabaseUnavailable("down"), 0xA700),
        (UnavailableError("something"), 0xA700),
        (SOPClassMismatch("class"), 0xA900),
        (InstanceUIDMismatch("instance"), 0xA900),
        (MalformedDataSet("broken"), 0xC000),
        (TruncatedDataSet("short"), 0xC000),
        (MissingIdentity("nameless"), 0xC000),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, SonariumError) else "",
)
async def test_each_refusal_has_the_status_that_fits(
    entity: Entity, error: SonariumError, status: int
) -> None:
    entity.store.failure = error
    response = await store(entity)
    assert response.status == status
    assert response.error_comment == str(error)


@pytest.mark.parametrize("uid", [None, ""])
async def test_an_instance_uid_that_is_none_is_refused(entity: Entity, uid: str | None) -> None:
    response = await store(entity, replace(REQUEST, affected_sop_instance_uid=uid))
    assert response.status == Status.INVALID_OBJECT_INSTANCE
    assert not entity.store.objects


@pytest.mark.parametrize("uid", ["1." + "9" * 63, "1.2.abc", "1.2.3-4"])
async def test_an_impossible_instance_uid_is_refused_and_the_association_goes_on(
    entity: Entity, uid: str
) -> None:
    async with await entity.call() as association:
        request = replace(REQUEST, affected_sop_instance_uid=uid)
        response = await (await association.invoke(STORAGE, request, DATA_SET)).response()
        assert response.command.status == Status.INVALID_OBJECT_INSTANCE
        assert response.command.affected_sop_instance_uid is None
        response = await (await association.invoke(STORAGE, REQUEST, DATA_SET)).response()
        assert response.command.status == Status.SUCCESS


async def test_a_class_that_the_context_is_not_for_is_refused(entity: Entity) -> None:
    for request, context_id in (
        (replace(REQUEST, affected_sop_class_uid="1.2.840.10008.5.1.4.1.1.2"), STORAGE),
        (replace(REQUEST, affected_sop_class_uid="1.2.840.10008.1.1"), 1),
    ):
        response = await store(entity, request, context_id)
        assert response.status == Status.SOP_CLASS_NOT_SUPPORTED


async def test_a_request_without_data_set_is_refused(entity: Entity) -> None:
    response = await store(entity, replace(REQUEST, has_data_set=False))
    assert response.status == Status.MISTYPED_ARGUMENT


async def test_after_a_refusal_the_association_goes_on(entity: Entity) -> None:
    async with await entity.call() as association:
        for status in (0xA700, 0x0000):
            entity.store.failure = OutOfSpace("full") if status else None
            operation = await association.invoke(STORAGE, REQUEST, DATA_SET * 1000)
            assert (await operation.response()).command.status == status


async def test_an_object_that_breaks_off_is_abandoned(entity: Entity) -> None:
    async def begins() -> AsyncIterator[bytes]:
        yield bytes(1_000_000)
        raise RuntimeError("the scanner was switched off")

    association = await entity.call()
    with pytest.raises(RuntimeError):
        await association.invoke(STORAGE, REQUEST, begins())
    async with asyncio.timeout(5):
        while not entity.store.abandoned:
            await asyncio.sleep(0)
    assert not entity.store.objects


async def test_an_unforeseen_failure_is_answered_and_harms_nothing_else(entity: Entity) -> None:
    def broken(_arrival: object) -> None:
        raise ZeroDivisionError

    entity.store.receive = broken  # type: ignore[method-assign,assignment]
    response = await store(entity)
    assert response.status == Status.PROCESSING_FAILURE
    del entity.store.receive  # the class's own comes back
    assert (await store(entity)).status == Status.SUCCESS


async def test_with_a_window_the_next_object_arrives_while_the_last_becomes_durable(
    entity: Entity,
) -> None:
    entity.store.durable.clear()
    window = AsynchronousOperationsWindow(4, 1)
    async with await entity.call(window=window) as association:
        operations = [await association.invoke(STORAGE, REQUEST, DATA_SET) for _ in range(4)]
        async with asyncio.timeout(5):
            while entity.store.received < 4:
                await asyncio.sleep(0)
        entity.store.durable.set()
        responses = [(await operation.response()).command for operation in operations]
    assert [response.status for response in responses] == [0, 0, 0, 0]
    assert len(entity.store.objects) == 4


async def test_release_waits_until_what_was_stored_can_be_found(entity: Entity) -> None:
    entity.store.indexed.clear()
    async with asyncio.TaskGroup() as tasks:
        stored = tasks.create_task(store(entity))
        async with asyncio.timeout(5):
            while not entity.store.is_waited_for:
                await asyncio.sleep(0)
        assert not stored.done()
        entity.store.indexed.set()
    assert stored.result().status == Status.SUCCESS
