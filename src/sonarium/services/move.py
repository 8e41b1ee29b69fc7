"""Retrieval, C-MOVE and C-GET: find the instances and send them (PS3.4 C.4.2, C.4.3)."""

from collections import deque

from sonarium.base.errors import PeerError, SonariumError
from sonarium.domain.access import Viewer
from sonarium.domain.audit import Actor, ActorKind
from sonarium.domain.device import Device
from sonarium.domain.retrieval import RetrieveRequest
from sonarium.index.instances import InstanceRow
from sonarium.index.retrieval import instances_to_retrieve
from sonarium.net.association import Association
from sonarium.net.requestor import Proposal, associate
from sonarium.net.settings import AssociationSettings
from sonarium.peers.settings import StorageSCUSettings
from sonarium.peers.storage_scu import MoveOriginator, StorageSCU, plan_associations
from sonarium.services.access import AccessService
from sonarium.services.audit.acting import who_acts
from sonarium.services.audit.looks import note_sending
from sonarium.services.devices import DeviceService
from sonarium.services.move_sub_operations import (
    RetrieveProgress,
    SubOperationRun,
    SubOperations,
)
from sonarium.services.transcoding import Transcoder
from sonarium.storage.blob_store import BlobStore
from sonarium.wire.upper_layer.presentation_context import ProposedContext

__all__ = ["MoveOriginator", "MoveService", "RetrieveProgress", "SubOperations"]

_LOSSES_IN_A_ROW = 2
"""After so many associations that were lost without one instance stored we give up."""


class MoveService:
    """Serves retrievals over DIMSE."""

    def __init__(
        self,
        access: AccessService,
        blobs: BlobStore,
        transcoder: Transcoder,
        devices: DeviceService,
        association: AssociationSettings,
        settings: StorageSCUSettings,
        *,
        ae_title: str,
    ) -> None:
        self._access = access
        self._blobs = blobs
        self._transcoder = transcoder
        self._devices = devices
        self._association = association
        self._settings = settings
        self._ae_title = ae_title

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
        """Send what a request names to the device whose AE title is `destination`.

        Raises:
            UnknownDevice: no device is known by that AE title.
            DatabaseUnavailable: nobody knows which instances are meant.
        """
        device = await self._devices.get(destination)
        receiver = Actor(ActorKind.DEVICE, device.ae_title)
        instances = await self._find(viewer, request, receiver)
        run = self._run(instances, progress, priority=priority, originator=originator)
        kinds = {(it.sop_class_uid, it.transfer_syntax_uid) for it in instances}
        for contexts, carried in plan_associations(kinds, self._settings.maximum_contexts):
            waiting = deque(
                it for it in instances if (it.sop_class_uid, it.transfer_syntax_uid) in carried
            )
            await self._send_to(device, contexts, waiting, run)
            if run.is_cancelled:
                break
        return run.outcome()

    async def get(
        self,
        viewer: Viewer,
        request: RetrieveRequest,
        association: Association,
        progress: RetrieveProgress,
        *,
        priority: int,
    ) -> SubOperations:
        """Send what a request names back over the requestor's own association.

        Raises:
            DatabaseUnavailable: nobody knows which instances are meant.
            AssociationLost: the requestor is gone.
        """
        instances = await self._find(viewer, request, who_acts())
        run = self._run(instances, progress, priority=priority, originator=None)
        await run.send(StorageSCU(association), deque(instances))
        return run.outcome()

    async def _find(
        self, viewer: Viewer, request: RetrieveRequest, destination: Actor
    ) -> list[InstanceRow]:
        async with self._access.looking(viewer) as tx:
            found = await instances_to_retrieve(tx, request)
            studies = sorted({row.study_instance_uid for row in found})
            await note_sending(tx, studies, destination)
            return found

    def _run(
        self,
        instances: list[InstanceRow],
        progress: RetrieveProgress,
        *,
        priority: int,
        originator: MoveOriginator | None,
    ) -> SubOperationRun:
        return SubOperationRun(
            len(instances),
            self._blobs,
            self._transcoder,
            progress,
            priority=priority,
            originator=originator,
        )

    async def _send_to(
        self,
        device: Device,
        contexts: tuple[ProposedContext, ...],
        waiting: deque[InstanceRow],
        run: SubOperationRun,
    ) -> None:
        """Send what waits over one association, or over further ones when that is lost."""
        proposal = Proposal(
            calling_ae_title=self._ae_title,
            called_ae_title=device.ae_title,
            presentation_contexts=contexts,
        )
        losses = 0
        while waiting and not run.is_cancelled:
            stored_before = run.stored
            try:
                async with await associate(
                    self._devices.address_of(device), proposal, self._association
                ) as association:
                    await run.send(StorageSCU(association), waiting)
            except PeerError as error:
                losses = losses + 1 if run.stored == stored_before else 1
                if losses >= _LOSSES_IN_A_ROW:
                    await run.fail(waiting, str(error))
            except SonariumError as error:
                await run.fail(waiting, str(error))
