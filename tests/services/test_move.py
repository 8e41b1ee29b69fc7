from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.peers.loopback import Peer, listening
from tests.running_archive import RunningArchive

from sonarium.domain.access import SYSTEM
from sonarium.domain.device import Device
from sonarium.domain.query import QueryLevel
from sonarium.domain.retrieval import RetrieveRequest
from sonarium.net.association import Association
from sonarium.peers.settings import StorageSCUSettings
from sonarium.services.access import AccessService
from sonarium.services.devices import UnknownDevice
from sonarium.services.move import MoveOriginator, MoveService, SubOperations
from sonarium.services.store import Stored

NAMES = ("ge-vivid7-colour-cine", "sonosite-30frames", "ge-logiq700-rgb", "palette-rle-10frames")
ORIGINATOR = MoveOriginator("WORKSTATION", 7)


@dataclass(slots=True)
class Requestor:
    """Collects what it is told, and cancels after so many reports."""

    patience: int = 1000
    reports: list[SubOperations] = field(default_factory=list)

    @property
    def is_cancelled(self) -> bool:
        return len(self.reports) >= self.patience

    async def report(self, counts: SubOperations) -> None:
        self.reports.append(counts)


@pytest.fixture
async def kept(sonarium: RunningArchive, testdata: Path) -> list[Stored]:
    folder = testdata / "dicom" / "us"
    return [await sonarium.keep(folder / f"{name}.dcm") for name in NAMES]


def everything(kept: list[Stored]) -> RetrieveRequest:
    uids = tuple(one.study_instance_uid for one in kept)
    return RetrieveRequest(QueryLevel.STUDY, study_instance_uids=uids)


async def move(
    archive: RunningArchive, kept: list[Stored], peer: Peer, requestor: Requestor
) -> SubOperations:
    async with listening(peer) as address:
        await archive.devices.put(Device("VIEWER", address.host, address.port))
        return await archive.move.move(
            SYSTEM, everything(kept), "VIEWER", requestor, originator=ORIGINATOR, priority=0
        )


async def test_everything_asked_for_is_sent_over_one_association(
    sonarium: RunningArchive, kept: list[Stored]
) -> None:
    peer, requestor = Peer(), Requestor()
    outcome = await move(sonarium, kept, peer, requestor)
    assert outcome == SubOperations(remaining=0, completed=4)
    assert [counts.remaining for counts in requestor.reports] == [3, 2, 1, 0]
    assert len(peer.requests) == 1
    sent = {command.affected_sop_instance_uid for command, _, _ in peer.received}
    assert sent == {one.sop_instance_uid for one in kept}
    assert {command.move_originator_ae_title for command, _, _ in peer.received} == {"WORKSTATION"}


async def test_statuses_of_the_receiver_are_counted(
    sonarium: RunningArchive, kept: list[Stored]
) -> None:
    statuses = dict(
        zip((one.sop_instance_uid for one in kept), (0, 0xB007, 0xA700, 0), strict=True)
    )
    peer = Peer(status_of=lambda command: statuses[command.affected_sop_instance_uid or ""])
    outcome = await move(sonarium, kept, peer, Requestor())
    assert (outcome.completed, outcome.warning, outcome.failed) == (2, 1, 1)
    assert outcome.failed_sop_instance_uids == (kept[2].sop_instance_uid,)
    assert outcome.problem == "the peer refused an instance with status A700H"


async def test_a_cancelled_move_leaves_the_rest(
    sonarium: RunningArchive, kept: list[Stored]
) -> None:
    outcome = await move(sonarium, kept, Peer(), Requestor(patience=1))
    assert outcome.is_cancelled
    assert (outcome.completed, outcome.remaining, outcome.failed) == (1, 3, 0)


async def test_an_association_lost_on_one_instance_does_not_cost_the_others(
    sonarium: RunningArchive, kept: list[Stored]
) -> None:
    peer = Peer()

    async def drop_the_second(association: Association) -> None:
        if len(peer.received) == 2:
            await association.abort()

    peer.before_response = drop_the_second
    outcome = await move(sonarium, kept, peer, Requestor())
    assert (outcome.completed, outcome.failed) == (3, 1)
    assert len(peer.requests) == 2


async def test_a_receiver_that_always_drops_the_association_is_given_up(
    sonarium: RunningArchive, kept: list[Stored]
) -> None:
    peer = Peer()
    peer.before_response = Association.abort
    outcome = await move(sonarium, kept, peer, Requestor())
    assert (outcome.completed, outcome.failed, outcome.remaining) == (0, 4, 0)
    assert len(peer.requests) == 2


async def test_more_contexts_than_an_association_has_take_several(
    sonarium: RunningArchive, kept: list[Stored]
) -> None:
    service = MoveService(
        AccessService(sonarium.database),
        sonarium.blobs,
        sonarium.transcoder,
        sonarium.devices,
        sonarium.move._association,
        StorageSCUSettings(maximum_contexts=2),
        ae_title="SONARIUM",
    )
    peer = Peer()
    async with listening(peer) as address:
        await sonarium.devices.put(Device("VIEWER", address.host, address.port))
        outcome = await service.move(
            SYSTEM, everything(kept), "VIEWER", Requestor(), originator=ORIGINATOR, priority=0
        )
    assert outcome == SubOperations(remaining=0, completed=4)
    assert len(peer.requests) == 3
    assert all(len(request.presentation_contexts) <= 2 for request in peer.requests)


async def test_a_receiver_that_refuses_every_context_fails_every_instance(
    sonarium: RunningArchive, kept: list[Stored]
) -> None:
    outcome = await move(sonarium, kept, Peer(takes=lambda _: None), Requestor())
    assert (outcome.completed, outcome.failed) == (0, 4)
    assert outcome.problem == "the peer accepted no transfer syntax for it"


async def test_an_unknown_destination_is_told(sonarium: RunningArchive, kept: list[Stored]) -> None:
    with pytest.raises(UnknownDevice):
        await sonarium.move.move(
            SYSTEM, everything(kept), "NOBODY", Requestor(), originator=ORIGINATOR, priority=0
        )
