"""Storage Commitment Push Model as SCP (PS3.4 Annex J): N-ACTION in, N-EVENT-REPORT out.

The report goes out on the association of the request if that is still open when the stored
bytes have been read again; else a job delivers it on a new association.
"""

import asyncio
from collections.abc import Iterator
from typing import Final

from sonarium.base.errors import SonariumError
from sonarium.base.identifiers import is_usable_uid
from sonarium.base.log import get_logger
from sonarium.dicom.encode import decode_identifier
from sonarium.domain.attributes import Attributes, JSONValue
from sonarium.domain.commitment import CommitmentRequest, ReferencedInstance
from sonarium.faces.dimse.errors import (
    InvalidIdentifier,
    MistypedArgument,
    NoSuchAction,
    NoSuchInstance,
)
from sonarium.faces.dimse.requests import Request
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.services.commitment import CommitmentRef, CommitmentService
from sonarium.services.store import StoreService
from sonarium.wire.dimse.status import Status

log = get_logger(__name__)

REQUEST_STORAGE_COMMITMENT: Final = 1  # Action Type ID, PS3.4 Table J.3-1
PUSH_MODEL_INSTANCE: Final = "1.2.840.10008.1.20.1.1"  # PS3.4 J.3.5

_TRANSACTION_UID: Final = 0x00081195
_REFERENCED_SOP_SEQUENCE: Final = 0x00081199


class CommitmentSCP:
    """Serves the storage commitment requests of one association."""

    def __init__(
        self,
        service: CommitmentService,
        store: StoreService,
        settings: DimseSettings,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._service = service
        self._store = store
        self._settings = settings
        self._tasks = tasks
        self._unreported: dict[CommitmentRef, asyncio.Task[None]] = {}
        self._being_told: set[CommitmentRef] = set()

    async def serve(self, request: Request) -> None:
        """Accept one request, answer, and begin to verify."""
        command = request.command
        if command.action_type_id != REQUEST_STORAGE_COMMITMENT:
            raise NoSuchAction("the only action is to request storage commitment (1)")
        if command.requested_sop_instance_uid != PUSH_MODEL_INSTANCE:
            raise NoSuchInstance("not the Storage Commitment Push Model SOP Instance")
        if not command.has_data_set:
            raise MistypedArgument("the request has no Action Information")
        raw = await request.message.read(self._settings.maximum_commitment_length)
        attributes = decode_identifier(raw, request.message.context.transfer_syntax)
        association = request.association
        accepted = await self._service.accept(
            CommitmentRequest(
                transaction_uid=_transaction_uid(attributes),
                requesting_ae_title=association.calling_ae_title,
                called_ae_title=association.called_ae_title,
                instances=_referenced_instances(
                    attributes, self._settings.maximum_commitment_references
                ),
            )
        )
        await request.respond(Status.SUCCESS)
        self._unreported[accepted] = self._tasks.create_task(self._report(request, accepted))

    async def close(self) -> None:
        """Let a job deliver what this association did not get to hear.

        A requestor may release in the very moment in which it has answered our report: that
        answer is noted before anybody tells it again. A request whose hand-over fails is not
        forgotten: its job becomes due by itself.
        """
        telling = [self._unreported[ref] for ref in self._being_told]
        if telling:
            await asyncio.wait(telling, timeout=self._settings.release_wait.total_seconds())
        for ref, task in list(self._unreported.items()):
            task.cancel()
            try:
                await self._service.hand_over(ref)
            except SonariumError as error:
                log.warning("commitment_not_handed_over", error_type=type(error).__name__)
        self._unreported.clear()

    async def _report(self, request: Request, ref: CommitmentRef) -> None:
        """Verify and report, once the requestor has had time to release."""
        await asyncio.sleep(self._settings.commitment_pause.total_seconds())
        try:
            async with asyncio.timeout(self._settings.release_wait.total_seconds()):
                await self._store.drained()
            outcome = await self._service.verify_accepted(ref)
            self._being_told.add(ref)
            await self._service.report_on(request.association, ref, outcome)
        except (SonariumError, TimeoutError) as error:
            log.info("commitment_not_reported_here", error_type=type(error).__name__)
            return  # `close` hands it over
        finally:
            self._being_told.discard(ref)
        del self._unreported[ref]


def _transaction_uid(attributes: Attributes) -> str:
    uid = _first_text(attributes.get(f"{_TRANSACTION_UID:08X}"))
    if not is_usable_uid(uid):
        raise InvalidIdentifier("Transaction UID is missing or is no UID", _TRANSACTION_UID)
    return uid


def _referenced_instances(attributes: Attributes, most: int) -> tuple[ReferencedInstance, ...]:
    element = attributes.get(f"{_REFERENCED_SOP_SEQUENCE:08X}")
    items = element.get("Value") if element is not None else None
    if not isinstance(items, list) or not items:
        raise InvalidIdentifier("Referenced SOP Sequence is empty", _REFERENCED_SOP_SEQUENCE)
    if len(items) > most:
        raise InvalidIdentifier(f"more than {most} instances", _REFERENCED_SOP_SEQUENCE)
    return tuple(dict.fromkeys(_iter_references(items)))


def _iter_references(items: list[JSONValue]) -> Iterator[ReferencedInstance]:
    for item in items:
        if not isinstance(item, dict):
            raise InvalidIdentifier("an item is empty", _REFERENCED_SOP_SEQUENCE)
        sop_class_uid = _first_text(item.get("00081150"))
        sop_instance_uid = _first_text(item.get("00081155"))
        if not is_usable_uid(sop_class_uid) or not is_usable_uid(sop_instance_uid):
            raise InvalidIdentifier(
                "a Referenced SOP Class or Instance UID is missing", _REFERENCED_SOP_SEQUENCE
            )
        yield ReferencedInstance(sop_class_uid, sop_instance_uid)


def _first_text(element: JSONValue) -> str:
    values = element.get("Value") if isinstance(element, dict) else None
    return str(values[0] or "").strip(" \0") if isinstance(values, list) and values else ""
