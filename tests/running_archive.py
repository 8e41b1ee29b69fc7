"""A whole archive in this process: real rows, real bytes, real sockets."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.storage.sealed_stores import sealed

from sonarium.db.pool import Database
from sonarium.dicom.part10 import split_part10
from sonarium.domain.arrival import Door, Source
from sonarium.domain.device import UnknownCallers
from sonarium.faces.dimse.listener import serve
from sonarium.faces.dimse.services import DimseServices
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.jobs.commitment import commitment_handler
from sonarium.net.acceptor import DimseServer
from sonarium.peers.settings import StorageSCUSettings
from sonarium.queue.settings import QueueSettings
from sonarium.queue.worker import JobWorker
from sonarium.services.access import AccessService
from sonarium.services.callers import CallerService
from sonarium.services.commitment import CommitmentService, CommitmentSettings
from sonarium.services.decoding import DecodingPool, DecodingSettings
from sonarium.services.devices import DeviceService
from sonarium.services.move import MoveService
from sonarium.services.query import QueryService
from sonarium.services.store import Arrival, Stored, StoreService, StoreSettings
from sonarium.services.transcoding import Transcoder
from sonarium.storage.blob_store import BlobStore
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.settings import LocalStorageSettings

LOCAL = Source(Door.IMPORT)


@dataclass(frozen=True, slots=True)
class RunningArchive:
    """Everything that a test may look at or turn."""

    database: Database
    dsn: str
    folder: Path
    blobs: BlobStore
    store: StoreService
    query: QueryService
    devices: DeviceService
    callers: CallerService
    move: MoveService
    commitment: CommitmentService
    transcoder: Transcoder
    worker: JobWorker
    server: DimseServer

    @property
    def port(self) -> int:
        """Where the DICOM listener is."""
        return self.server.port

    async def keep(self, path: Path) -> Stored:
        """Take a file in, as the import does, and wait until it is indexed."""
        content = path.read_bytes()
        start = split_part10(content)
        reception = self.store.receive(Arrival(start.transfer_syntax_uid, LOCAL))
        if (pause := reception.feed(content[start.data_set_offset :])) is not None:
            await pause
        stored = await reception.commit()
        await stored.placed()
        return stored


@asynccontextmanager
async def running_archive(
    database: Database, dsn: str, folder: Path, **dimse: object
) -> AsyncIterator[RunningArchive]:
    """Run an archive over a folder and a database until the end of the block."""
    settings = DimseSettings.model_validate(
        {
            "port": 0,
            "connect_timeout": timedelta(seconds=2),
            "release_timeout": timedelta(seconds=2),
            "pending_interval": timedelta(0),
            "unknown_callers": UnknownCallers.ACCEPTED,
            **dimse,
        }
    )
    async with AsyncExitStack() as opened:
        blobs = sealed(LocalBlobStore(folder / "blobs", LocalStorageSettings()), folder)
        store = await opened.enter_async_context(StoreService(database, blobs, StoreSettings()))
        decoding = DecodingPool(DecodingSettings(workers=1))
        opened.push_async_callback(decoding.close)
        transcoder = Transcoder(database, blobs, decoding)
        devices = DeviceService(database, settings, ae_title=settings.ae_title)
        query = QueryService(
            AccessService(database),
            timeout=settings.query_timeout,
            maximum_matches=settings.maximum_matches,
        )
        move = MoveService(
            AccessService(database),
            blobs,
            transcoder,
            devices,
            settings,
            StorageSCUSettings(),
            ae_title=settings.ae_title,
        )
        commitment = CommitmentService(
            database, blobs, devices, settings, CommitmentSettings(), ae_title=settings.ae_title
        )
        queue = QueueSettings(first_retry=timedelta(0), attempts=3)
        callers = CallerService(database, settings.unknown_callers)
        server = await serve(settings, DimseServices(callers, store, query, move, commitment))
        opened.push_async_callback(server.close, timedelta(0))
        yield RunningArchive(
            database=database,
            dsn=dsn,
            folder=folder,
            blobs=blobs,
            store=store,
            query=query,
            devices=devices,
            callers=callers,
            move=move,
            commitment=commitment,
            transcoder=transcoder,
            worker=JobWorker(dsn, queue, [commitment_handler(commitment)]),
            server=server,
        )
