"""Storage Commitment reports (PS3.4 J.3.3): N-EVENT-REPORT from the archive to a requestor."""

from typing import Final

from sonarium.dicom.encode import encode_attributes
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.attributes import Attributes, JSONValue
from sonarium.domain.commitment import CommitmentOutcome, ReferencedInstance
from sonarium.net.association import AcceptedContext, Association
from sonarium.net.requestor import Proposal, number_contexts
from sonarium.peers.errors import ContextRefused
from sonarium.peers.responses import status_of_response
from sonarium.wire.dimse.command import Command, CommandField
from sonarium.wire.upper_layer.user_information import RoleSelection

STORAGE_COMMITMENT_PUSH_MODEL: Final = "1.2.840.10008.1.20.1"
PUSH_MODEL_INSTANCE: Final = "1.2.840.10008.1.20.1.1"
"""The well-known SOP instance of the push model (PS3.4 J.3.5)."""

COMMITMENT_SUCCESSFUL: Final = 1
COMMITMENT_WITH_FAILURES: Final = 2  # Event Type IDs, PS3.4 Table J.3-2


def commitment_proposal(*, calling_ae_title: str, called_ae_title: str) -> Proposal:
    """Propose to report as SCP on an association that we open (PS3.7 D.3.3.4)."""
    return Proposal(
        calling_ae_title=calling_ae_title,
        called_ae_title=called_ae_title,
        presentation_contexts=number_contexts(
            (
                STORAGE_COMMITMENT_PUSH_MODEL,
                (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN),
            )
        ),
        roles=(RoleSelection(STORAGE_COMMITMENT_PUSH_MODEL, scu_role=False, scp_role=True),),
    )


async def report_commitment(
    association: Association,
    transaction_uid: str,
    outcome: CommitmentOutcome,
    *,
    retrieve_ae_title: str,
) -> int:
    """Send N-EVENT-REPORT and return the status that the peer answers.

    A peer that accepted the context but left role selection unanswered is taken at its word:
    many devices listen for reports and know nothing of roles.

    Raises:
        ContextRefused: the association has no presentation context for commitment.
        AssociationLost: the peer is gone.
    """
    context = _commitment_context(association)
    event_type = COMMITMENT_WITH_FAILURES if outcome.failed else COMMITMENT_SUCCESSFUL
    operation = await association.invoke(
        context.context_id,
        Command(
            field=CommandField.N_EVENT_REPORT_RQ,
            affected_sop_class_uid=STORAGE_COMMITMENT_PUSH_MODEL,
            affected_sop_instance_uid=PUSH_MODEL_INSTANCE,
            event_type_id=event_type,
            has_data_set=True,
        ),
        encode_attributes(
            event_information(transaction_uid, outcome, retrieve_ae_title=retrieve_ae_title),
            context.transfer_syntax,
        ),
    )
    response = await operation.response()
    return status_of_response(response.command)


def event_information(
    transaction_uid: str, outcome: CommitmentOutcome, *, retrieve_ae_title: str
) -> Attributes:
    """Build the Event Information of a report (PS3.4 Table J.3-2)."""
    attributes: Attributes = {
        "00080054": {"vr": "AE", "Value": [retrieve_ae_title]},
        "00081195": {"vr": "UI", "Value": [transaction_uid]},
    }
    if outcome.failed:
        failed: list[JSONValue] = [
            {**_reference(instance), "00081197": {"vr": "US", "Value": [int(reason)]}}
            for instance, reason in outcome.failed
        ]
        attributes["00081198"] = {"vr": "SQ", "Value": failed}
    if outcome.committed:
        committed: list[JSONValue] = [dict(_reference(instance)) for instance in outcome.committed]
        attributes["00081199"] = {"vr": "SQ", "Value": committed}
    return attributes


def _reference(instance: ReferencedInstance) -> dict[str, JSONValue]:
    return {
        "00081150": {"vr": "UI", "Value": [instance.sop_class_uid]},
        "00081155": {"vr": "UI", "Value": [instance.sop_instance_uid]},
    }


def _commitment_context(association: Association) -> AcceptedContext:
    for context in association.contexts.values():
        if context.abstract_syntax == STORAGE_COMMITMENT_PUSH_MODEL:
            return context
    raise ContextRefused("the peer accepted no presentation context for storage commitment")
