"""One association from its first request to its end."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Final

from sonarium.base.errors import PeerError, SonariumError
from sonarium.base.log import get_logger
from sonarium.domain.audit import Actor, ActorKind
from sonarium.faces.dimse.commitment import CommitmentSCP
from sonarium.faces.dimse.errors import (
    InvalidIdentifier,
    SOPClassNotSupported,
    UnrecognizedOperation,
)
from sonarium.faces.dimse.find import FindSCP
from sonarium.faces.dimse.requests import Request, Tally
from sonarium.faces.dimse.retrieval import RetrieveSCP
from sonarium.faces.dimse.services import DimseServices
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.faces.dimse.sop_classes import SERVICE_CLASSES, ServiceClass
from sonarium.faces.dimse.statuses import UNFORESEEN, comment_of, status_of
from sonarium.faces.dimse.storage import StorageSCP
from sonarium.faces.dimse.verification import verify
from sonarium.net.association import Association, IncomingMessage
from sonarium.services.audit.acting import act_as
from sonarium.wire.dimse.command import CommandField

log = get_logger(__name__)

_OPERATION_OF: Final[Mapping[ServiceClass, CommandField]] = {
    ServiceClass.VERIFICATION: CommandField.C_ECHO_RQ,
    ServiceClass.STORAGE: CommandField.C_STORE_RQ,
    ServiceClass.FIND: CommandField.C_FIND_RQ,
    ServiceClass.MOVE: CommandField.C_MOVE_RQ,
    ServiceClass.GET: CommandField.C_GET_RQ,
    ServiceClass.COMMITMENT: CommandField.N_ACTION_RQ,
}


class Conversation:
    """Serves the requests of one association, each by the service of its context."""

    def __init__(
        self,
        association: Association,
        services: DimseServices,
        settings: DimseSettings,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._association = association
        self._store = services.store
        self._settings = settings
        self._tally = Tally()
        self._began_at = monotonic()
        self._storage = StorageSCP(services.store, association, self._tally, tasks)
        self._commitment = CommitmentSCP(services.commitment, services.store, settings, tasks)
        find = FindSCP(services.query, services.callers, settings)
        retrieval = RetrieveSCP(services.move, services.callers, settings)
        self._serve: Mapping[ServiceClass, Callable[[Request], Awaitable[None]]] = {
            ServiceClass.VERIFICATION: verify,
            ServiceClass.FIND: find.serve,
            ServiceClass.MOVE: retrieval.serve_move,
            ServiceClass.GET: retrieval.serve_get,
            ServiceClass.COMMITMENT: self._commitment.serve,
        }

    async def run(self) -> None:
        """Serve until the peer has released, or the association is lost."""
        association = self._association
        act_as(Actor(ActorKind.DEVICE, association.calling_ae_title, association.peer_address))
        reason = "cancelled"
        try:
            while (message := await self._association.receive()) is not None:
                await self._answer(message)
            await self._settle()
            await self._association.confirm_release()
            reason = "released"
        except PeerError as error:
            reason = str(error)
            await self._settle()
            await self._association.abort()
        finally:
            self._log_end(reason)

    async def _answer(self, message: IncomingMessage) -> None:
        """Serve one request; whatever fails is told to the requestor and harms nobody else.

        Raises:
            PeerError: the association is not worth keeping.
        """
        try:
            if message.command.field is CommandField.C_STORE_RQ:
                await self._storage.serve(message)
            elif not message.command.field.is_response:
                await self._dispatch(Request(self._association, message, self._tally))
        except SonariumError:
            raise
        except Exception as error:
            log.exception(
                "dimse_request_failed",
                association=self._association.association_id,
                error_type=type(error).__name__,
            )
            self._tally.refused += 1
            request = Request(self._association, message, self._tally)
            await request.respond(UNFORESEEN, comment="internal error")

    async def _dispatch(self, request: Request) -> None:
        context = request.message.context
        service = SERVICE_CLASSES.get(context.abstract_syntax, ServiceClass.STORAGE)
        try:
            if request.command.field is not _OPERATION_OF[service]:
                raise UnrecognizedOperation("the SOP class has no such operation")
            asked = (
                request.command.affected_sop_class_uid or request.command.requested_sop_class_uid
            )
            if not context.as_scp or asked != context.abstract_syntax:
                raise SOPClassNotSupported("the context is for another SOP class or role")
            self._tally.operations += 1
            await self._serve[service](request)
        except PeerError:
            raise
        except SonariumError as error:
            self._tally.refused += 1
            await request.respond(
                status_of(error, service),
                comment=comment_of(error),
                offending_elements=(
                    error.offending_elements if isinstance(error, InvalidIdentifier) else None
                ),
            )

    async def _settle(self) -> None:
        """Wait, within bounds, until what was stored can be found; pass on what is owed.

        A sender that has released may look for its objects at once.
        """
        await self._storage.finish()
        if self._tally.stored:
            try:
                async with asyncio.timeout(self._settings.release_wait.total_seconds()):
                    await self._store.drained()
            except TimeoutError:
                log.warning("release_before_indexed", association=self._association.association_id)
        await self._commitment.close()

    def _log_end(self, reason: str) -> None:
        tally = self._tally
        log.info(
            "dimse_association_ended",
            association=self._association.association_id,
            address=self._association.peer_address,
            reason=reason,
            operations=tally.operations,
            stored=tally.stored,
            sent=tally.sent,
            matches=tally.matches,
            refused=tally.refused,
            duration_ms=round(1000 * (monotonic() - self._began_at)),
        )
