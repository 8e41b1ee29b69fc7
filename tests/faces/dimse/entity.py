"""Our application entity on loopback over services in memory, and a requestor to call it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeAlias, cast

from sonarium.base.errors import SonariumError
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.access import Viewer, device_viewer
from sonarium.domain.attributes import Attributes
from sonarium.domain.commitment import CommitmentOutcome, CommitmentRequest
from sonarium.domain.device import Caller, DevicePermission
from sonarium.domain.query import Query
from sonarium.domain.retrieval import RetrieveRequest
from sonarium.faces.dimse.listener import serve
from sonarium.faces.dimse.services import DimseServices
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.faces.dimse.sop_classes import (
    PATIENT_ROOT,
    STORAGE_COMMITMENT_PUSH_MODEL,
    STUDY_ROOT,
    VERIFICATION_SOP_CLASS,
)
from sonarium.net.acceptor import DimseServer
from sonarium.net.association import Association
from sonarium.net.requestor import PeerAddress, Proposal, associate
from sonarium.net.settings import AssociationSettings
from sonarium.peers.commitment_scp import report_commitment
from sonarium.services.callers import CallerService, DestinationRefused
from sonarium.services.commitment import CommitmentRef, CommitmentService
from sonarium.services.move import MoveOriginator, MoveService, RetrieveProgress, SubOperations
from sonarium.services.query import QueryService
from sonarium.services.store import Arrival, Reception, Stored, StoreService
from sonarium.wire.upper_layer.presentation_context import ProposedContext
from sonarium.wire.upper_layer.user_information import AsynchronousOperationsWindow

US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"

CONTEXTS = tuple(
    ProposedContext(2 * at + 1, uid, (EXPLICIT_VR_LITTLE_ENDIAN,))
    for at, uid in enumerate(
        (
            VERIFICATION_SOP_CLASS,
            US_IMAGE,
            STUDY_ROOT.find_sop_class_uid,
            STUDY_ROOT.move_sop_class_uid,
            STUDY_ROOT.get_sop_class_uid,
            STORAGE_COMMITMENT_PUSH_MODEL,
            PATIENT_ROOT.find_sop_class_uid,
        )
    )
)


def context_id_of(abstract_syntax: str) -> int:
    """Return the context of a SOP class in `CONTEXTS`."""
    return next(it.context_id for it in CONTEXTS if it.abstract_syntax == abstract_syntax)


class MemoryReception(Reception):
    """Keeps one object in memory."""

    def __init__(self, store: "MemoryStore", arrival: Arrival) -> None:
        self._store = store
        self._arrival = arrival
        self._chunks: list[bytes] = []

    def feed(self, chunk: bytes | memoryview) -> Awaitable[None] | None:
        self._chunks.append(bytes(chunk))
        return None

    async def commit(self) -> Stored:
        self._store.received += 1
        await self._store.durable.wait()
        if self._store.failure is not None:
            raise self._store.failure
        self._store.objects.append((self._arrival, b"".join(self._chunks)))
        return cast(Stored, None)  # the face asks nothing of it

    async def abandon(self) -> None:
        self._store.abandoned += 1


class MemoryStore(StoreService):
    """Keeps objects in memory; `failure` is raised instead, `durable` holds commits back."""

    def __init__(self) -> None:
        self.objects: list[tuple[Arrival, bytes]] = []
        self.failure: SonariumError | None = None
        self.received = 0
        self.abandoned = 0
        self.is_waited_for = False
        self.durable = asyncio.Event()
        self.durable.set()
        self.indexed = asyncio.Event()
        self.indexed.set()

    def receive(self, arrival: Arrival) -> Reception:
        return MemoryReception(self, arrival)

    async def drained(self) -> None:
        self.is_waited_for = True
        await self.indexed.wait()


class MemoryCallers(CallerService):
    """Lets everybody in, with the permissions that a test gives."""

    def __init__(self) -> None:
        self.permissions = frozenset(DevicePermission)
        self.refusal: SonariumError | None = None
        self.noted: list[str] = []

    def note_refusal(self, _: Caller, reason: str, *, is_known: bool = False) -> None:
        self.noted.append(f"{is_known}: {reason}")

    def permissions_of(self, _: Caller) -> frozenset[DevicePermission]:
        if self.refusal is not None:
            raise self.refusal
        return self.permissions

    def viewer_of(self, ae_title: str, address: str) -> Viewer:
        return device_viewer(ae_title, address=address)

    def check_destination(self, calling_ae_title: str, destination: str) -> None:
        if DevicePermission.MOVE not in self.permissions and calling_ae_title != destination:
            raise DestinationRefused("to itself alone")


class MemoryQuery(QueryService):
    """Answers every query with the pages it was given."""

    def __init__(self) -> None:
        self.pages: list[list[Attributes]] = []
        self.queries: list[Query] = []
        self.viewers: list[Viewer] = []
        self.failure: Exception | None = None

    async def iter_pages(self, viewer: Viewer, query: Query) -> AsyncIterator[list[Attributes]]:
        self.viewers.append(viewer)
        self.queries.append(query)
        for page in self.pages:
            yield page
        if self.failure is not None:
            raise self.failure


class MemoryMove(MoveService):
    """Runs `sub_operations` instead of retrieving, and keeps what it was asked."""

    def __init__(self) -> None:
        self.steps: list[SubOperations] = []
        self.outcome = SubOperations(remaining=0)
        self.failure: SonariumError | None = None
        self.asked: list[tuple[RetrieveRequest, str | None, MoveOriginator | None, int]] = []
        self.viewers: list[Viewer] = []

    async def move(
        self,
        viewer: Viewer,
        request: RetrieveRequest,
        destination: str,
        progress: RetrieveProgress,
        *,
        originator: MoveOriginator,
        priority: int,
    ) -> SubOperations:
        self.viewers.append(viewer)
        self.asked.append((request, destination, originator, priority))
        return await self._play(progress)

    async def get(
        self,
        viewer: Viewer,
        request: RetrieveRequest,
        association: Association,  # noqa: ARG002 - the interface
        progress: RetrieveProgress,
        *,
        priority: int,
    ) -> SubOperations:
        self.viewers.append(viewer)
        self.asked.append((request, None, None, priority))
        return await self._play(progress)

    async def _play(self, progress: RetrieveProgress) -> SubOperations:
        if self.failure is not None:
            raise self.failure
        for step in self.steps:
            await progress.report(step)
            await asyncio.sleep(0.01)
            if progress.is_cancelled:
                return replace(step, is_cancelled=True)
        return self.outcome


class MemoryCommitment(CommitmentService):
    """Commits everything; notes what was reported here and what was handed over."""

    def __init__(self) -> None:
        self.requests: list[CommitmentRequest] = []
        self.handed_over: list[CommitmentRef] = []
        self.failure: SonariumError | None = None
        self.may_note = asyncio.Event()
        self.may_note.set()

    async def accept(self, request: CommitmentRequest) -> CommitmentRef:
        if self.failure is not None:
            raise self.failure
        self.requests.append(request)
        return CommitmentRef(len(self.requests))

    async def verify_accepted(self, ref: CommitmentRef) -> CommitmentOutcome:
        return CommitmentOutcome(self.requests[ref - 1].instances, ())

    async def report_on(
        self, association: Association, ref: CommitmentRef, outcome: CommitmentOutcome
    ) -> None:
        await report_commitment(
            association,
            self.requests[ref - 1].transaction_uid,
            outcome,
            retrieve_ae_title="SONARIUM",
        )
        await self.may_note.wait()

    async def hand_over(self, ref: CommitmentRef) -> None:
        self.handed_over.append(ref)


@dataclass(slots=True)
class Entity:
    """Our application entity, and the memory behind it."""

    callers: MemoryCallers = field(default_factory=MemoryCallers)
    store: MemoryStore = field(default_factory=MemoryStore)
    query: MemoryQuery = field(default_factory=MemoryQuery)
    move: MemoryMove = field(default_factory=MemoryMove)
    commitment: MemoryCommitment = field(default_factory=MemoryCommitment)
    server: DimseServer | None = None

    async def start(self, **settings: object) -> None:
        """Listen on a free port."""
        quick = {"pending_interval": timedelta(0), "commitment_pause": timedelta(0)}
        self.server = await serve(
            DimseSettings.model_validate({"port": 0, **quick, **settings}),
            DimseServices(self.callers, self.store, self.query, self.move, self.commitment),
        )

    async def is_deserted(self) -> None:
        """Wait until nobody is connected."""
        assert self.server is not None
        async with asyncio.timeout(5):
            while self.server.connection_count:
                await asyncio.sleep(0.001)

    async def call(
        self,
        contexts: tuple[ProposedContext, ...] = CONTEXTS,
        *,
        window: AsynchronousOperationsWindow | None = None,
        extended_negotiation: dict[str, bytes] | None = None,
    ) -> Association:
        """Open an association to it."""
        assert self.server is not None
        return await associate(
            PeerAddress("127.0.0.1", self.server.port),
            Proposal(
                calling_ae_title="SCANNER",
                called_ae_title="SONARIUM",
                presentation_contexts=contexts,
                window=window,
                extended_negotiation=extended_negotiation or {},
            ),
            AssociationSettings(response_timeout=timedelta(seconds=5)),
        )


StartEntity: TypeAlias = Callable[..., Awaitable[Entity]]
