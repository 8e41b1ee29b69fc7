from sonarium.faces.dimse.requests import response_to
from sonarium.wire.dimse.command import Command, CommandField
from sonarium.wire.dimse.status import Status


def test_a_response_names_its_request_and_what_that_was_about() -> None:
    request = Command(
        field=CommandField.N_ACTION_RQ,
        message_id=7,
        requested_sop_class_uid="1.2",
        requested_sop_instance_uid="1.2.3",
        action_type_id=1,
        has_data_set=True,
    )
    assert response_to(request, Status.SUCCESS) == Command(
        field=CommandField.N_ACTION_RSP,
        message_id_responded_to=7,
        affected_sop_class_uid="1.2",
        affected_sop_instance_uid="1.2.3",
        action_type_id=1,
        status=0,
    )
