from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.peers.loopback import QUICK, Peer, listening

from sonarium.dicom.uids import (
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    JPEG_BASELINE,
)
from sonarium.net.association import Association
from sonarium.net.requestor import PeerAddress, Proposal, associate
from sonarium.peers.errors import ContextRefused
from sonarium.peers.storage_scu import (
    FALLBACK_SYNTAXES,
    InstanceKind,
    MoveOriginator,
    StorageSCU,
    plan_associations,
)
from sonarium.wire.dimse.command import CommandField, Priority

US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"
US_CINE = "1.2.840.10008.5.1.4.1.1.3.1"
CINE_KIND = (US_CINE, JPEG_BASELINE)
STILL_KIND = (US_IMAGE, EXPLICIT_VR_LITTLE_ENDIAN)


async def call(address: PeerAddress, *kinds: InstanceKind) -> Association:
    [(contexts, _)] = plan_associations(kinds, 128)
    return await associate(
        address,
        Proposal(
            calling_ae_title="SONARIUM", called_ae_title="VIEWER", presentation_contexts=contexts
        ),
        QUICK,
    )


def test_each_stored_syntax_gets_a_context_and_each_class_one_to_fall_back_to() -> None:
    [(contexts, kinds)] = plan_associations([CINE_KIND, STILL_KIND, CINE_KIND], 128)
    assert [(it.abstract_syntax, it.transfer_syntaxes) for it in contexts] == [
        (US_CINE, (JPEG_BASELINE,)),
        (US_CINE, FALLBACK_SYNTAXES),
        (US_IMAGE, (EXPLICIT_VR_LITTLE_ENDIAN,)),
        (US_IMAGE, FALLBACK_SYNTAXES),
    ]
    assert [it.context_id for it in contexts] == [1, 3, 5, 7]
    assert kinds == {CINE_KIND, STILL_KIND}


@given(
    kinds=st.sets(
        st.tuples(st.integers(1, 80).map("1.2.{}".format), st.integers(1, 200).map("1.3.{}".format))
    ),
    most=st.integers(2, 128),
)
def test_every_kind_is_carried_once_within_the_bounds_of_an_association(
    kinds: set[InstanceKind], most: int
) -> None:
    plans = plan_associations(kinds, most)
    carried = [kind for _, group in plans for kind in group]
    assert sorted(carried) == sorted(kinds)
    for contexts, group in plans:
        assert 0 < len(contexts) <= most
        assert [it.context_id for it in contexts] == [2 * at + 1 for at in range(len(contexts))]
        proposed = {(it.abstract_syntax, it.transfer_syntaxes) for it in contexts}
        for sop_class_uid, transfer_syntax_uid in group:
            assert (sop_class_uid, (transfer_syntax_uid,)) in proposed
            assert (sop_class_uid, FALLBACK_SYNTAXES) in proposed


async def test_an_instance_is_sent_as_it_is_with_its_originator() -> None:
    peer = Peer()
    async with listening(peer) as address, await call(address, CINE_KIND) as association:
        scu = StorageSCU(association)
        assert scu.accepted_syntaxes(US_CINE) == (JPEG_BASELINE, EXPLICIT_VR_LITTLE_ENDIAN)
        assert scu.accepted_syntaxes(US_IMAGE) == ()
        status = await scu.store(
            US_CINE,
            "1.2.3",
            JPEG_BASELINE,
            b"pixels",
            priority=Priority.HIGH,
            originator=MoveOriginator("WORKSTATION", 7),
        )
        assert status == 0
        assert scu.is_usable
    [(command, syntax, data_set)] = peer.received
    assert command.field is CommandField.C_STORE_RQ
    assert command.affected_sop_class_uid == US_CINE
    assert command.affected_sop_instance_uid == "1.2.3"
    assert command.priority == Priority.HIGH
    assert command.move_originator_ae_title == "WORKSTATION"
    assert command.move_originator_message_id == 7
    assert syntax == JPEG_BASELINE
    assert data_set == b"pixels"


async def test_a_large_instance_streams() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for number in range(40):
            yield bytes([number]) * 100_000

    peer = Peer(status_of=lambda _: 0xB007)
    async with listening(peer) as address, await call(address, CINE_KIND) as association:
        status = await StorageSCU(association).store(US_CINE, "1.2.3", JPEG_BASELINE, chunks())
    assert status == 0xB007
    assert peer.received[0][2] == b"".join(bytes([number]) * 100_000 for number in range(40))


async def test_what_the_peer_does_not_take_is_not_sent() -> None:
    def takes(context: object) -> str | None:
        syntaxes = getattr(context, "transfer_syntaxes", ())
        return IMPLICIT_VR_LITTLE_ENDIAN if IMPLICIT_VR_LITTLE_ENDIAN in syntaxes else None

    peer = Peer(takes=takes)
    async with listening(peer) as address, await call(address, CINE_KIND) as association:
        scu = StorageSCU(association)
        assert scu.accepted_syntaxes(US_CINE) == (IMPLICIT_VR_LITTLE_ENDIAN,)
        with pytest.raises(ContextRefused):
            await scu.store(US_CINE, "1.2.3", JPEG_BASELINE, b"pixels")
    assert peer.received == []
