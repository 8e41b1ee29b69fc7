from tests.faces.dimse.entity import Entity, context_id_of

from sonarium.faces.dimse.sop_classes import VERIFICATION_SOP_CLASS
from sonarium.wire.dimse.command import Command, CommandField
from sonarium.wire.dimse.status import Status


async def test_an_echo_is_answered(entity: Entity) -> None:
    async with await entity.call() as association:
        operation = await association.invoke(
            context_id_of(VERIFICATION_SOP_CLASS),
            Command(field=CommandField.C_ECHO_RQ, affected_sop_class_uid=VERIFICATION_SOP_CLASS),
        )
        response = (await operation.response()).command
    assert response.field is CommandField.C_ECHO_RSP
    assert response.status == Status.SUCCESS
    assert response.affected_sop_class_uid == VERIFICATION_SOP_CLASS
