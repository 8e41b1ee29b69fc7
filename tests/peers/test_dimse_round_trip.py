"""Every valid object goes in and comes back with the same data set, bit for bit."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.presentation import build_context, build_role
from tests.peers.dcmtk import read_folder, run, storescp
from tests.peers.objects import Kept, TestObject, valid_objects, without_clashes
from tests.running_archive import RunningArchive, running_archive

from sonarium.db.pool import Database
from sonarium.domain.device import Device
from sonarium.net.requestor import PeerAddress, Proposal, associate
from sonarium.net.settings import AssociationSettings
from sonarium.peers.storage_scu import StorageSCU, plan_associations

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore:Invalid value for VR UI"),  # odd UIDs meet pydicom
]

STUDY_ROOT_GET = "1.2.840.10008.5.1.4.1.2.2.3"
GROUPS = 5
"""Some of the test objects share a SOP Instance UID, so they go into several archives."""


async def send(port: int, objects: list[TestObject]) -> set[int]:
    """Send objects exactly as they lie in their files; returns the statuses."""
    kinds = {(it.kept.sop_class_uid, it.kept.transfer_syntax_uid) for it in objects}
    statuses = set()
    for contexts, carried in plan_associations(kinds, 128):
        proposal = Proposal(
            calling_ae_title="SCANNER",
            called_ae_title="SONARIUM",
            presentation_contexts=contexts,
        )
        address = PeerAddress("127.0.0.1", port)
        async with await associate(address, proposal, AssociationSettings()) as association:
            scu = StorageSCU(association)
            for one in objects:
                kept = one.kept
                if (kept.sop_class_uid, kept.transfer_syntax_uid) in carried:
                    statuses.add(
                        await scu.store(
                            kept.sop_class_uid,
                            kept.sop_instance_uid,
                            kept.transfer_syntax_uid,
                            one.data_set,
                        )
                    )
    return statuses


def get_with_pynetdicom(port: int, objects: list[TestObject]) -> tuple[list[int], set[Kept]]:
    """Fetch the studies of some objects by C-GET; returns statuses and what came."""
    received = set()

    def take(event: evt.Event) -> int:
        request = event.request
        assert isinstance(request, C_STORE)
        assert request.DataSet is not None
        received.add(
            Kept(
                str(request.AffectedSOPClassUID),
                str(request.AffectedSOPInstanceUID),
                str(event.context.transfer_syntax),
                hashlib.sha256(request.DataSet.getvalue()).digest(),
            )
        )
        return 0

    ae = AE("VIEWER")
    ae.maximum_pdu_size = 0
    kinds = {(it.kept.sop_class_uid, it.kept.transfer_syntax_uid) for it in objects}
    contexts = [
        build_context(STUDY_ROOT_GET),
        *(build_context(sop_class_uid, syntax) for sop_class_uid, syntax in sorted(kinds)),
    ]
    identifier = Dataset()
    identifier.QueryRetrieveLevel = "STUDY"
    identifier.StudyInstanceUID = sorted({it.study_instance_uid for it in objects})
    association = ae.associate(
        "127.0.0.1",
        port,
        ae_title="SONARIUM",
        contexts=contexts,
        ext_neg=[build_role(uid, scp_role=True) for uid in sorted({kind[0] for kind in kinds})],
        evt_handlers=[(evt.EVT_C_STORE, take)],
    )
    assert association.is_established
    statuses = [
        int(status.Status) for status, _ in association.send_c_get(identifier, STUDY_ROOT_GET)
    ]
    association.release()
    return statuses, received


@pytest.fixture(scope="session", params=range(GROUPS))
def objects(request: pytest.FixtureRequest, testdata: Path) -> list[TestObject]:
    """One group of objects that may lie in one archive."""
    groups = without_clashes(valid_objects(testdata))
    assert len(groups) == GROUPS
    group: list[TestObject] = groups[request.param]
    return group


@pytest.fixture
async def filled(sonarium: RunningArchive, objects: list[TestObject]) -> RunningArchive:
    """An archive that was sent the objects."""
    assert await send(sonarium.port, objects) == {0}
    return sonarium


async def test_every_object_comes_back_by_c_get(
    filled: RunningArchive, objects: list[TestObject]
) -> None:
    statuses, received = await asyncio.to_thread(get_with_pynetdicom, filled.port, objects)
    assert received == {it.sent_back for it in objects}
    assert statuses[-1] == 0x0000
    assert set(statuses[:-1]) <= {0xFF00}


async def test_every_object_comes_back_by_c_move(
    filled: RunningArchive, objects: list[TestObject], tmp_path: Path
) -> None:
    folder = tmp_path / "moved"
    studies = "\\".join(sorted({it.study_instance_uid for it in objects}))
    async with storescp(folder, "+xa", "--promiscuous") as port:
        await filled.devices.put(Device("STORESCP", "127.0.0.1", port))
        finished = await run(
            "movescu", "-S", "-d", "-aec", "SONARIUM", "-aem", "STORESCP",
            "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={studies}",
            "127.0.0.1", str(filled.port),
        )  # fmt: skip
    assert read_folder(folder) == {it.sent_back for it in objects}, finished.output[-2000:]
    assert finished.exit_code == 0


async def test_the_archive_after_a_restart_still_has_every_object(
    database: Database, dsn: str, tmp_path: Path, objects: list[TestObject]
) -> None:
    async with running_archive(database, dsn, tmp_path / "archive") as archive:
        assert await send(archive.port, objects) == {0}
    async with running_archive(database, dsn, tmp_path / "archive") as archive:
        _, received = await asyncio.to_thread(get_with_pynetdicom, archive.port, objects)
    assert received == {it.sent_back for it in objects}
