"""Verification as SCU (PS3.4 Annex A): ask whether a peer answers."""

from typing import Final

from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from sonarium.net.association import Association
from sonarium.net.requestor import PeerAddress, Proposal, associate, number_contexts
from sonarium.net.settings import AssociationSettings
from sonarium.peers.errors import ContextRefused
from sonarium.peers.responses import status_of_response
from sonarium.wire.dimse.command import Command, CommandField

VERIFICATION_SOP_CLASS: Final = "1.2.840.10008.1.1"


async def echo(
    address: PeerAddress,
    settings: AssociationSettings,
    *,
    calling_ae_title: str,
    called_ae_title: str,
) -> int:
    """Return the status of one C-ECHO.

    Raises:
        PeerUnreachable, AssociationRejected, AssociationLost: there is no association.
        ContextRefused: the peer does not verify.
    """
    proposal = Proposal(
        calling_ae_title=calling_ae_title,
        called_ae_title=called_ae_title,
        presentation_contexts=number_contexts(
            (VERIFICATION_SOP_CLASS, (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN))
        ),
    )
    async with await associate(address, proposal, settings) as association:
        return await _echo(association)


async def _echo(association: Association) -> int:
    context = next(iter(association.contexts.values()), None)
    if context is None:
        raise ContextRefused("the peer refused the Verification SOP Class")
    operation = await association.invoke(
        context.context_id,
        Command(field=CommandField.C_ECHO_RQ, affected_sop_class_uid=VERIFICATION_SOP_CLASS),
    )
    response = await operation.response()
    return status_of_response(response.command)
