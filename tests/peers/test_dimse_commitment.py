"""Storage commitment as a scanner built on pynetdicom asks for it."""

import asyncio
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import AE, evt
from tests.peers.dcmtk import free_port
from tests.running_archive import RunningArchive

from sonarium.domain.device import Device
from sonarium.services.store import Stored

pytestmark = pytest.mark.peers

STORAGE_COMMITMENT_PUSH_MODEL = "1.2.840.10008.1.20.1"
PUSH_MODEL_INSTANCE = "1.2.840.10008.1.20.1.1"
PATIENCE_S = 20.0


@dataclass(slots=True)
class Scanner:
    """A requestor of commitment, which may also listen for reports."""

    events: list[tuple[int, Dataset]] = field(default_factory=list)
    reported: threading.Event = field(default_factory=threading.Event)

    def take_report(self, event: evt.Event) -> tuple[int, None]:
        """Note an N-EVENT-REPORT and accept it."""
        assert event.event_type is not None
        self.events.append((event.event_type, event.event_information))
        self.reported.set()
        return 0x0000, None

    def ask(self, port: int, information: Dataset, *, wait: bool) -> int:
        """Send N-ACTION; `wait` keeps the association until the report."""
        ae = AE("SCANNER")
        ae.add_requested_context(STORAGE_COMMITMENT_PUSH_MODEL)
        association = ae.associate(
            "127.0.0.1",
            port,
            ae_title="SONARIUM",
            evt_handlers=[(evt.EVT_N_EVENT_REPORT, self.take_report)],
        )
        assert association.is_established
        status, _ = association.send_n_action(
            information, 1, STORAGE_COMMITMENT_PUSH_MODEL, PUSH_MODEL_INSTANCE
        )
        if wait:
            assert self.reported.wait(PATIENCE_S)
        association.release()
        return int(status.Status)


def information_for(*references: tuple[str, str]) -> Dataset:
    information = Dataset()
    information.TransactionUID = generate_uid()
    information.ReferencedSOPSequence = []
    for sop_class_uid, sop_instance_uid in references:
        item = Dataset()
        item.ReferencedSOPClassUID = sop_class_uid
        item.ReferencedSOPInstanceUID = sop_instance_uid
        information.ReferencedSOPSequence.append(item)
    return information


@pytest.fixture
async def stored(sonarium: RunningArchive, testdata: Path) -> Stored:
    return await sonarium.keep(testdata / "dicom" / "us" / "ge-vivid7-colour-cine.dcm")


async def test_the_report_comes_on_the_association_that_waits(
    sonarium: RunningArchive, stored: Stored
) -> None:
    scanner = Scanner()
    information = information_for((stored.sop_class_uid, stored.sop_instance_uid))
    status = await asyncio.to_thread(scanner.ask, sonarium.port, information, wait=True)
    assert status == 0
    [(event_type, report)] = scanner.events
    assert event_type == 1
    assert report.TransactionUID == information.TransactionUID
    assert report.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == stored.sop_instance_uid
    async with asyncio.timeout(PATIENCE_S):  # our note of it follows the scanner's answer
        while await sonarium.commitment.unreported():
            await asyncio.sleep(0.01)


async def test_the_report_comes_on_a_new_association_after_release(
    sonarium: RunningArchive, stored: Stored
) -> None:
    scanner = Scanner()
    listener = AE("SCANNER")
    listener.add_supported_context(STORAGE_COMMITMENT_PUSH_MODEL, scu_role=False, scp_role=True)
    port = free_port()
    await sonarium.devices.put(Device("SCANNER", "127.0.0.1", port))
    server = listener.start_server(
        ("127.0.0.1", port),
        block=False,
        evt_handlers=[(evt.EVT_N_EVENT_REPORT, scanner.take_report)],
    )
    assert server is not None
    try:
        missing = (stored.sop_class_uid, "1.2.3.4.5")
        information = information_for((stored.sop_class_uid, stored.sop_instance_uid), missing)
        status = await asyncio.to_thread(scanner.ask, sonarium.port, information, wait=False)
        assert status == 0
        async with asyncio.timeout(PATIENCE_S):
            while await sonarium.commitment.unreported():
                await sonarium.worker.run_due()
    finally:
        server.shutdown()
    [(event_type, report)] = scanner.events
    assert event_type == 2
    assert report.TransactionUID == information.TransactionUID
    assert [item.FailureReason for item in report.FailedSOPSequence] == [0x0112]
    assert len(report.ReferencedSOPSequence) == 1
