"""Builds the services over one data folder and one database; app alone holds them together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from socket import gethostname

from sonarium.app.folders import DataFolder
from sonarium.app.keys import key_files, key_room, open_keys, refuse_new_keys
from sonarium.app.settings import Settings
from sonarium.db.pool import Database
from sonarium.dicom.sr.document_modules import Observer
from sonarium.services.access import AccessService
from sonarium.services.audit.anchors import AnchorFolder
from sonarium.services.audit.forwarding import Forwarder
from sonarium.services.audit.refusals import Refusals
from sonarium.services.audit.sealing import Sealer
from sonarium.services.audit.verifying import Verifier
from sonarium.services.callers import CallerService
from sonarium.services.commitment import CommitmentService
from sonarium.services.decoding import DecodingPool
from sonarium.services.devices import DeviceService
from sonarium.services.frame_preparation import FramePreparation
from sonarium.services.key_images import KeyImageService
from sonarium.services.key_state import KeyStateService
from sonarium.services.measurement_marks import MeasurementMarks
from sonarium.services.measurements import MeasurementService
from sonarium.services.move import MoveService
from sonarium.services.open_objects import OpenObjectService
from sonarium.services.prepared_frames import FrameShelf
from sonarium.services.quarantine import QuarantineService
from sonarium.services.query import QueryService
from sonarium.services.render import RenderService
from sonarium.services.retrieve import RetrieveService
from sonarium.services.scrub import ScrubService
from sonarium.services.store import StoreService
from sonarium.services.study_deletion import StudyDeletionService
from sonarium.services.study_keys import StudyKeyService
from sonarium.services.system_status import Reachability, SystemStatusService
from sonarium.services.transcoding import Transcoder
from sonarium.services.upkeep import UpkeepService
from sonarium.storage.blob_store import BlobStore
from sonarium.storage.group_keys import GroupKeys
from sonarium.storage.key_room import Keys
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.s3 import S3BlobStore, open_bucket
from sonarium.storage.sealed import SealedBlobStore, SealedLocalStore
from sonarium.ultrasound.measuring.report_document import MANUFACTURER, uid_from


@dataclass(frozen=True, slots=True)
class Archive:
    """What every role and command shares: rows, bytes, and the services right above them."""

    database: Database
    access: AccessService
    blobs: BlobStore
    keys: Keys
    decoding: DecodingPool
    store: StoreService
    query: QueryService
    devices: DeviceService
    refusals: Refusals


@asynccontextmanager
async def open_archive(settings: Settings, dsn: str) -> AsyncIterator[Archive]:
    """Open everything, and close it in the reverse order; what was accepted is indexed first."""
    await refuse_new_keys(settings, dsn)
    keys = open_keys(settings)
    async with Database(dsn, row_key=keys.audit_mac_key) as database:
        archive = archive_over(database, sealed_store(database, settings), keys, settings)
        try:
            async with archive.store:
                yield archive
        finally:
            await archive.decoding.close()


def archive_over(database: Database, blobs: BlobStore, keys: Keys, settings: Settings) -> Archive:
    """Build the services over rows and bytes; nothing is opened yet."""
    dimse = settings.dimse
    access = AccessService(database)
    return Archive(
        database=database,
        access=access,
        blobs=blobs,
        keys=keys,
        decoding=DecodingPool(settings.decoding),
        store=StoreService(database, blobs, settings.store),
        query=QueryService(
            access, timeout=dimse.query_timeout, maximum_matches=dimse.maximum_matches
        ),
        devices=DeviceService(database, dimse, ae_title=dimse.ae_title, tls=dimse.tls),
        refusals=Refusals(database),
    )


def blob_store(settings: Settings) -> S3BlobStore | LocalBlobStore:
    """Return where the bytes are kept: a bucket where one is set, else the data folder."""
    if settings.s3 is not None:
        return S3BlobStore(open_bucket(settings.s3), settings.s3.large_blob_bytes)
    return LocalBlobStore(DataFolder(settings.data.absolute()).blobs, settings.storage)


def sealed_store(database: Database, settings: Settings) -> SealedBlobStore:
    """Return what seals on the way there, and opens on the way back."""
    below = blob_store(settings)
    seals_new = settings.keys.encrypt_objects
    files = key_files(settings)
    keys = GroupKeys(key_room(settings), files, StudyKeyService(database, files).find)
    if isinstance(below, LocalBlobStore):
        return SealedLocalStore(below, keys, seals_new=seals_new)
    return SealedBlobStore(below, keys, seals_new=seals_new)


def study_key_service(archive: Archive, settings: Settings) -> StudyKeyService:
    """Build what looks after the keys of studies."""
    return StudyKeyService(archive.database, key_files(settings))


def open_object_service(archive: Archive, settings: Settings) -> OpenObjectService:
    """Build what seals objects of before."""
    return OpenObjectService(
        archive.database, archive.blobs, seals_new=settings.keys.encrypt_objects
    )


def key_state_service(archive: Archive, settings: Settings) -> KeyStateService:
    """Build what tells an administrator how the keys are."""
    tls = settings.dimse.tls
    doors = {
        "web": settings.http.certificate,
        "DICOM": None if tls is None else tls.certificate,
    }
    return KeyStateService(
        study_key_service(archive, settings),
        key_room(settings),
        {door: path for door, path in doors.items() if path is not None},
        open_objects=open_object_service(archive, settings),
        seals_new=settings.keys.encrypt_objects,
        backup_retention=settings.keys.backup_retention,
    )


def study_deletion_service(archive: Archive, settings: Settings) -> StudyDeletionService:
    """Build what deletes studies for good."""
    return StudyDeletionService(
        archive.database,
        archive.blobs,
        key_files(settings),
        DataFolder(settings.data.absolute()).cache,
        settings.keys.backup_retention,
    )


def caller_service(archive: Archive, settings: Settings) -> CallerService:
    """Build what decides which devices may come in."""
    return CallerService(archive.database, settings.dimse.unknown_callers)


def commitment_service(archive: Archive, settings: Settings) -> CommitmentService:
    """Build storage commitment, for the listener and for the worker."""
    return CommitmentService(
        archive.database,
        archive.blobs,
        archive.devices,
        settings.dimse,
        settings.commitment,
        ae_title=settings.dimse.ae_title,
    )


def move_service(archive: Archive, settings: Settings) -> MoveService:
    """Build retrieval over DIMSE."""
    return MoveService(
        archive.access,
        archive.blobs,
        Transcoder(archive.database, archive.blobs, archive.decoding),
        archive.devices,
        settings.dimse,
        settings.storage_scu,
        ae_title=settings.dimse.ae_title,
    )


def sealer(archive: Archive, settings: Settings) -> Sealer:
    """Build what chains the audit trail and anchors its head."""
    return Sealer(
        archive.database, archive.keys.audit_signing_key, anchors(settings), settings.audit
    )


async def forward_audit(archive: Archive, settings: Settings) -> None:
    """Send the audit trail to the site's collector, for ever, where there is one."""
    if settings.audit.collector is not None:
        await Forwarder(archive.database, settings.audit, settings.audit.collector).run()


def audit_verifier(archive: Archive, settings: Settings) -> Verifier:
    """Build what checks the audit trail."""
    public_key = archive.keys.audit_signing_key.public_key()
    return Verifier(archive.database, public_key, anchors(settings))


def anchors(settings: Settings) -> AnchorFolder:
    """Return where the signed heads of the audit trail are kept."""
    folder = settings.audit.anchors or DataFolder(settings.data.absolute()).audit_anchors
    return AnchorFolder(folder)


def measurement_service(archive: Archive, settings: Settings) -> MeasurementService:
    """Build what keeps measurements."""
    return MeasurementService(archive.access, archive.store, _workstation(settings))


def measurement_marks(archive: Archive, settings: Settings) -> MeasurementMarks:
    """Build what writes measurements as presentation states."""
    measuring = measurement_service(archive, settings)
    return MeasurementMarks(archive.access, measuring, archive.store, _workstation(settings))


def key_image_service(archive: Archive, settings: Settings) -> KeyImageService:
    """Build what keeps marks of images."""
    return KeyImageService(archive.access, archive.store, _workstation(settings))


def frame_shelf(archive: Archive, settings: Settings) -> FrameShelf:
    """Return where frames that were drawn ahead are kept."""
    cache = DataFolder(settings.data.absolute()).cache
    return FrameShelf(cache / "frames", archive.keys.root, settings.prepared_frames)


def frame_preparation(archive: Archive, settings: Settings) -> FramePreparation:
    """Build what draws the frames of long loops ahead."""
    retrieve = RetrieveService(archive.access, archive.blobs)
    render = RenderService(retrieve, archive.decoding)
    return FramePreparation(archive.access, retrieve, render, frame_shelf(archive, settings))


def _workstation(settings: Settings) -> Observer:
    """Name who measures: until there are users, the workstation does."""
    identity = f"{settings.dimse.ae_title}/{gethostname()}"
    return Observer("This workstation", uid_from(identity), MANUFACTURER)


def system_status_service(archive: Archive, settings: Settings) -> SystemStatusService:
    """Build what tells a person or a monitor how the archive is."""
    reachability = Reachability(settings.dimse.ae_title, settings.dimse.port, settings.demo)
    return SystemStatusService(archive.database, reachability)


def quarantine_service(archive: Archive) -> QuarantineService:
    """Build what a person decides by about objects set aside."""
    return QuarantineService(archive.database, archive.blobs)


def scrub_service(archive: Archive, settings: Settings) -> ScrubService:
    """Build the checking of stored objects."""
    return ScrubService(archive.database, archive.blobs, settings.scrub)


def upkeep_service(archive: Archive) -> UpkeepService:
    """Build what tidies now and then."""
    return UpkeepService(archive.database, quarantine_service(archive))
