"""Who sees what, over DICOM: every service × model × level × what a device is to the study.

The rows are made from the table of SOP classes. Of a study that a device may not see, every
service must answer as of one that is not here; a service that this file has no row for fails.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Final

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, generate_uid
from pynetdicom import AE, build_role, evt
from pynetdicom.association import Association
from tests.conftest import fresh_database
from tests.integration.test_access_matrix import (
    _NUMBERS,
    ABSENT,
    CONFIDENTIAL,
    ORDINARY,
    TEACHING,
    made_of,
)
from tests.peers.loopback import Peer, listening
from tests.running_archive import RunningArchive, running_archive

from sonarium.db.embedded import EmbeddedPostgres
from sonarium.db.pool import Database
from sonarium.domain.device import Device, DevicePermission, UnknownCallers
from sonarium.domain.query import QueryLevel
from sonarium.faces.dimse.sop_classes import (
    INFORMATION_MODELS,
    STORAGE_COMMITMENT_PUSH_MODEL,
    VERIFICATION_SOP_CLASS,
    InformationModel,
    ServiceClass,
)
from sonarium.services.store import Stored

US_IMAGE: Final = "1.2.840.10008.5.1.4.1.1.6.1"
PUSH_MODEL_INSTANCE: Final = "1.2.840.10008.1.20.1.1"
BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
"""In which the images are kept."""
EVERYTHING: Final = tuple(DevicePermission)
STORED: Final = (ORDINARY, CONFIDENTIAL, TEACHING)

DEVICES: Final[Mapping[str, Device | None]] = {
    "ECHOLAB": Device("ECHOLAB", "127.0.0.1", 1, may=EVERYTHING, departments=("echo lab",)),
    "RADIOLOGY": Device("RADIOLOGY", "127.0.0.1", 1, may=EVERYTHING, departments=("Radiology",)),
    "EVERYWHERE": Device("EVERYWHERE", "127.0.0.1", 1, may=EVERYTHING, departments=("*",)),
    "NOWHERE": Device("NOWHERE", "127.0.0.1", 1, may=EVERYTHING, departments=()),
    "MAYNOTHING": Device("MAYNOTHING", "127.0.0.1", 1, may=(), departments=("*",)),
    "ELSEWHERE": Device("ELSEWHERE", "192.0.2.9", 1, may=EVERYTHING, departments=("*",)),
    "STRANGER": None,
}
"""By what a device is to the studies; one calls from an address that is not its own."""
SEEN: Final[Mapping[str, frozenset[str]]] = {
    "ECHOLAB": frozenset({ORDINARY}),
    "EVERYWHERE": frozenset({ORDINARY, TEACHING}),
}
"""The studies that each may see, as issue and ADR say it; confidential ones no device may."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a device may ask of a study."""

    service: ServiceClass
    model: InformationModel | None = None
    level: QueryLevel | None = None

    def __str__(self) -> str:
        parts = (self.service, self.model and self.model.name, self.level)
        return ", ".join(str(part) for part in parts if part)


def rows() -> Iterator[Row]:
    """Make the rows from the tables of SOP classes and models."""
    retrieving = {ServiceClass.FIND, ServiceClass.MOVE, ServiceClass.GET}
    for service in ServiceClass:
        if service not in retrieving:
            yield Row(service)
            continue
        for model in INFORMATION_MODELS:
            for level in model.levels:
                yield Row(service, model, level)


@dataclass(slots=True)
class Told:
    """What a device was told of one study, and what it was sent."""

    statuses: list[object] = field(default_factory=list)
    text: str = ""
    sent: list[str] = field(default_factory=list)

    def without(self, study: str) -> tuple[object, ...]:
        """Return it without what differs between any two studies."""
        text = self.text.replace(study, "X").replace(_NUMBERS[study], "P")
        return self.statuses, text, [one.replace(study, "X") for one in self.sent]


class Asker:
    """A device on one association, which asks for one study after another."""

    def __init__(self, association: Association, peer: Peer, received: list[str]) -> None:
        self.association = association
        self._peer = peer
        self._received = received
        self.reported: list[Dataset] = []

    def takes(self, uid: str) -> bool:
        """Tell whether the archive agreed to a SOP class."""
        return uid in {str(one.abstract_syntax) for one in self.association.accepted_contexts}

    def ask(self, row: Row, study: str) -> Told:
        """Ask, and wait for pynetdicom's reactor: one still asleep would take the next answer."""
        told = ASKS[row.service](self, row, study)
        while self.association._is_paused:
            sleep(0.001)
        return told

    def verify(self, _row: Row, _study: str) -> Told:
        return Told([self.association.send_c_echo().Status])

    def store(self, _row: Row, study: str) -> Told:
        """Send a further image of a study: what comes back must not tell whether that is here."""
        is_here = study in STORED
        image = Dataset()
        image.SOPClassUID, image.SOPInstanceUID = US_IMAGE, generate_uid()
        image.StudyInstanceUID = study if is_here else f"{study}.9"
        image.SeriesInstanceUID = f"{image.StudyInstanceUID}.9"
        image.PatientID = _NUMBERS[study] if is_here else "SYNM9"
        image.PatientName, image.Modality = f"SYNTHETIC^{image.PatientID}", "US"
        image.file_meta = _meta_of(image)
        return Told([self.association.send_c_store(image).Status])

    def find(self, row: Row, study: str) -> Told:
        assert row.model is not None
        answers = self.association.send_c_find(
            _identifier(row, study), row.model.find_sop_class_uid
        )
        told = Told()
        for status, match in answers:
            told.statuses.append(_plain(status))
            told.text += "" if match is None else str(match)
        return told

    def get(self, row: Row, study: str) -> Told:
        assert row.model is not None
        self._received.clear()
        answers = self.association.send_c_get(_identifier(row, study), row.model.get_sop_class_uid)
        statuses: list[object] = [_plain(status) for status, _ in answers]
        return Told(statuses, sent=list(self._received))

    def move(self, row: Row, study: str) -> Told:
        assert row.model is not None
        self._peer.received.clear()
        own = self.association.ae.ae_title
        answers = self.association.send_c_move(
            _identifier(row, study), own, row.model.move_sop_class_uid
        )
        statuses: list[object] = [_plain(status) for status, _ in answers]
        sent = [str(command.affected_sop_instance_uid) for command, _, _ in self._peer.received]
        return Told(statuses, sent=sent)

    def commit(self, _row: Row, study: str) -> Told:
        """Ask for commitment; of the report, which a job may send, see the matrix of jobs."""
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = US_IMAGE, f"{study}.1.1"
        information = Dataset()
        information.TransactionUID = generate_uid()
        information.ReferencedSOPSequence = [item]
        status, _ = self.association.send_n_action(
            information, 1, STORAGE_COMMITMENT_PUSH_MODEL, PUSH_MODEL_INSTANCE
        )
        return Told([status.Status])


ASKS: Final[Mapping[ServiceClass, Callable[[Asker, Row, str], Told]]] = {
    ServiceClass.VERIFICATION: Asker.verify,
    ServiceClass.STORAGE: Asker.store,
    ServiceClass.FIND: Asker.find,
    ServiceClass.MOVE: Asker.move,
    ServiceClass.GET: Asker.get,
    ServiceClass.COMMITMENT: Asker.commit,
}
"""How each service is asked; a new one must be added here."""
SHOWS: Final = {ServiceClass.FIND, ServiceClass.MOVE, ServiceClass.GET}
"""Services by which something of a study is seen. Of the others see `Asker`."""


def sop_class_of(row: Row) -> str:
    """Return the SOP class by which a row is asked."""
    if row.model is None:
        return {
            ServiceClass.VERIFICATION: VERIFICATION_SOP_CLASS,
            ServiceClass.STORAGE: US_IMAGE,
            ServiceClass.COMMITMENT: STORAGE_COMMITMENT_PUSH_MODEL,
        }[row.service]
    return {
        ServiceClass.FIND: row.model.find_sop_class_uid,
        ServiceClass.MOVE: row.model.move_sop_class_uid,
        ServiceClass.GET: row.model.get_sop_class_uid,
    }[row.service]


def _meta_of(image: Dataset) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(BIG_ENDIAN)
    meta.MediaStorageSOPClassUID = image.SOPClassUID
    meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    return meta


def _plain(status: Dataset) -> tuple[object, ...]:
    """Return what a response says, but for how far along it is."""
    names = (
        *("Status", "ErrorComment", "NumberOfCompletedSuboperations"),
        *("NumberOfFailedSuboperations", "NumberOfWarningSuboperations"),
    )
    return tuple(status.get(name) for name in names)


def _identifier(row: Row, study: str) -> Dataset:
    """Name a study's patient, itself, its series or its only image."""
    assert row.model is not None
    asked = Dataset()
    asked.QueryRetrieveLevel = str(row.level)
    at = row.model.levels.index(row.level) if row.level else 0
    above = set(row.model.levels[: at + 1])
    if QueryLevel.PATIENT in above:
        asked.PatientID = _NUMBERS[study]
    if QueryLevel.STUDY in above:
        asked.StudyInstanceUID = study
    if QueryLevel.SERIES in above:
        asked.SeriesInstanceUID = f"{study}.1"
    if QueryLevel.IMAGE in above:
        asked.SOPInstanceUID = f"{study}.1.1"
    return asked


@dataclass(frozen=True, slots=True)
class Room:
    """An archive with its studies, and where every device takes what is moved to it."""

    archive: RunningArchive
    peer: Peer
    images: Mapping[str, Stored]


@pytest.fixture(scope="module")
async def room(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory, testdata: Path
) -> AsyncIterator[Room]:
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(fresh_database(postgres))
        database = await stack.enter_async_context(Database(dsn))
        folder = tmp_path_factory.mktemp("devices")
        archive = await stack.enter_async_context(
            running_archive(database, dsn, folder, unknown_callers=UnknownCallers.REFUSED)
        )
        source = testdata / "dicom" / "us" / "ge-logiq700-bigendian.dcm"
        images = {}
        for study in STORED:
            path = folder / f"{study}.dcm"
            path.write_bytes(made_of(source, study))
            images[study] = await archive.keep(path)
        async with database.transaction() as tx:
            await tx.execute(
                b"UPDATE patient SET confidentiality = 'confidential' WHERE patient_id = 'SYNM2'"
            )
        peer = Peer()
        address = await stack.enter_async_context(listening(peer))
        for device in filter(None, DEVICES.values()):
            await archive.devices.put(_reached_at(device, address.port))
        await archive.callers.read()
        yield Room(archive, peer, images)


def _reached_at(device: Device, port: int) -> Device:
    return Device(
        device.ae_title, device.host, port, may=device.may, departments=device.departments
    )


def associated(room: Room, ae_title: str) -> Asker | None:
    """Open an association that asks for everything; None where the archive refuses it."""
    ae = AE(ae_title)
    received: list[str] = []

    def take(event: evt.Event) -> int:
        received.append(str(event.dataset.SOPInstanceUID))
        return 0

    for row in rows():
        sop_class = sop_class_of(row)
        if sop_class not in {str(one.abstract_syntax) for one in ae.requested_contexts}:
            ae.add_requested_context(sop_class, BIG_ENDIAN if sop_class == US_IMAGE else None)
    association = ae.associate(
        "127.0.0.1",
        room.archive.port,
        ae_title="SONARIUM",
        ext_neg=[build_role(US_IMAGE, scu_role=True, scp_role=True)],
        evt_handlers=[(evt.EVT_C_STORE, take), (evt.EVT_N_EVENT_REPORT, lambda _: (0, None))],
    )
    if not association.is_established:
        return None
    return Asker(association, room.peer, received)


def test_every_service_has_a_row() -> None:
    assert set(ASKS) == set(ServiceClass)
    assert {row.service for row in rows()} == set(ServiceClass)


@pytest.mark.parametrize("ae_title", ["STRANGER", "ELSEWHERE"])
async def test_who_is_no_device_gets_no_association(room: Room, ae_title: str) -> None:
    assert await asyncio.to_thread(associated, room, ae_title) is None


async def test_a_device_that_may_do_nothing_may_do_nothing(room: Room) -> None:
    def agreed() -> set[str]:
        asker = associated(room, "MAYNOTHING")
        assert asker is not None
        taken = {str(one.abstract_syntax) for one in asker.association.accepted_contexts}
        asker.association.release()
        return taken

    assert await asyncio.to_thread(agreed) == {VERIFICATION_SOP_CLASS}


@pytest.mark.parametrize("ae_title", ["ECHOLAB", "RADIOLOGY", "EVERYWHERE", "NOWHERE"])
async def test_what_a_device_may_not_see_is_not_there_by_any_service(
    room: Room, ae_title: str
) -> None:
    leaks, blind = await asyncio.to_thread(asked_everything, room, ae_title)
    assert leaks == []
    assert blind == []


def asked_everything(room: Room, ae_title: str) -> tuple[list[str], list[str]]:
    """Ask every row of every study; return what was shown wrongly, and what was not shown."""
    leaks, blind = [], []
    asker = associated(room, ae_title)
    assert asker is not None
    for row in rows():
        assert asker.takes(sop_class_of(row)), row
        absent = asker.ask(row, ABSENT).without(ABSENT)
        for study in STORED:
            told = asker.ask(row, study)
            is_as_absent = told.without(study) == absent
            if row.service in SHOWS and study in SEEN.get(ae_title, ()):
                is_shown = _NUMBERS[study] in told.text or study in told.text or bool(told.sent)
                blind += [] if is_shown else [f"{row}: {study}"]
            elif not is_as_absent:
                leaks.append(f"{row}: {study}: {told}")
    asker.association.release()
    return leaks, blind


@pytest.mark.parametrize("ae_title", ["ECHOLAB", "RADIOLOGY", "EVERYWHERE", "NOWHERE"])
async def test_a_search_for_everything_finds_what_a_device_may_see(
    room: Room, ae_title: str
) -> None:
    def found() -> dict[str, set[str]]:
        asker = associated(room, ae_title)
        assert asker is not None
        matches = {}
        for model in INFORMATION_MODELS:
            while asker.association._is_paused:
                sleep(0.001)
            asked = Dataset()
            asked.QueryRetrieveLevel = str(model.levels[0])
            asked.PatientID = "SYNM?"
            asked.NumberOfPatientRelatedStudies = None
            if model.levels[0] is QueryLevel.STUDY:
                asked.StudyInstanceUID = None
            answers = asker.association.send_c_find(asked, model.find_sop_class_uid)
            matches[model.name] = {match.PatientID for _, match in answers if match is not None}
        asker.association.release()
        return matches

    seen = {_NUMBERS[study] for study in SEEN.get(ae_title, ())}
    for model, patients in (await asyncio.to_thread(found)).items():
        assert patients - {"SYNM9"} == seen, model
