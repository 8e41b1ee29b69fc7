import pytest
from tests.peers.loopback import QUICK, Peer, listening

from sonarium.dicom.encode import decode_identifier
from sonarium.domain.commitment import CommitmentOutcome, FailureReason, ReferencedInstance
from sonarium.net.requestor import PeerAddress, associate
from sonarium.peers.commitment_scp import (
    PUSH_MODEL_INSTANCE,
    STORAGE_COMMITMENT_PUSH_MODEL,
    commitment_proposal,
    event_information,
    report_commitment,
)
from sonarium.peers.errors import ContextRefused
from sonarium.wire.dimse.command import CommandField
from sonarium.wire.upper_layer.user_information import RoleSelection

KEPT = ReferencedInstance("1.2.840.10008.5.1.4.1.1.6.1", "1.2.1")
LOST = ReferencedInstance("1.2.840.10008.5.1.4.1.1.6.1", "1.2.2")


async def report(address: PeerAddress, outcome: CommitmentOutcome) -> int:
    proposal = commitment_proposal(calling_ae_title="SONARIUM", called_ae_title="SCANNER")
    async with await associate(address, proposal, QUICK) as association:
        return await report_commitment(association, "1.2.9", outcome, retrieve_ae_title="SONARIUM")


async def test_we_report_as_scp_on_an_association_of_our_own() -> None:
    peer = Peer()
    async with listening(peer) as address:
        assert await report(address, CommitmentOutcome((KEPT,), ())) == 0
    uid = STORAGE_COMMITMENT_PUSH_MODEL
    assert peer.requests[0].roles == {uid: RoleSelection(uid, scu_role=False, scp_role=True)}
    [(command, syntax, raw)] = peer.received
    assert command.field is CommandField.N_EVENT_REPORT_RQ
    assert command.affected_sop_class_uid == STORAGE_COMMITMENT_PUSH_MODEL
    assert command.affected_sop_instance_uid == PUSH_MODEL_INSTANCE
    assert command.event_type_id == 1
    assert decode_identifier(raw, syntax) == event_information(
        "1.2.9", CommitmentOutcome((KEPT,), ()), retrieve_ae_title="SONARIUM"
    )


async def test_failures_make_it_another_event() -> None:
    peer = Peer(status_of=lambda _: 0x0110)
    outcome = CommitmentOutcome((KEPT,), ((LOST, FailureReason.NO_SUCH_OBJECT_INSTANCE),))
    async with listening(peer) as address:
        assert await report(address, outcome) == 0x0110
    [(command, syntax, raw)] = peer.received
    assert command.event_type_id == 2
    attributes = decode_identifier(raw, syntax)
    assert attributes["00081198"]["Value"] == [
        {
            "00081150": {"vr": "UI", "Value": [LOST.sop_class_uid]},
            "00081155": {"vr": "UI", "Value": ["1.2.2"]},
            "00081197": {"vr": "US", "Value": [0x0112]},
        }
    ]


async def test_a_peer_without_the_context_cannot_be_told() -> None:
    async with listening(Peer(takes=lambda _: None)) as address:
        with pytest.raises(ContextRefused):
            await report(address, CommitmentOutcome((KEPT,), ()))
