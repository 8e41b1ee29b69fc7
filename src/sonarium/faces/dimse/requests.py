"""One request on its association, and how it is answered."""

from dataclasses import dataclass

from sonarium.base.identifiers import is_usable_uid
from sonarium.domain.access import Viewer
from sonarium.net.association import Association, IncomingMessage
from sonarium.services.callers import CallerService
from sonarium.wire.dimse.command import Command
from sonarium.wire.dimse.status import Status


@dataclass(slots=True)
class Tally:
    """What was done on one association, for its last log line."""

    operations: int = 0
    stored: int = 0
    sent: int = 0
    matches: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """A request, where it came from, and where it is counted."""

    association: Association
    message: IncomingMessage
    tally: Tally

    @property
    def command(self) -> Command:
        """The request's command set."""
        return self.message.command

    @property
    def context_id(self) -> int:
        """The presentation context of request and responses."""
        return self.message.context.context_id

    @property
    def is_cancelled(self) -> bool:
        """Tell whether the requestor has sent C-CANCEL-RQ for this request."""
        message_id = self.command.message_id
        return message_id is not None and self.association.is_cancelled(message_id)

    async def respond(
        self,
        status: Status,
        *,
        comment: str | None = None,
        offending_elements: tuple[int, ...] | None = None,
    ) -> None:
        """Send a response that has no data set."""
        await self.association.send(
            self.context_id,
            response_to(
                self.command,
                status,
                comment=comment,
                offending_elements=offending_elements,
            ),
        )


def viewer_of(request: Request, callers: CallerService) -> Viewer:
    """Return which studies the requestor sees."""
    association = request.association
    return callers.viewer_of(association.calling_ae_title, association.peer_address)


def echoed_uid(uid: str | None) -> str | None:
    """Return a UID of a request as its response may repeat it: not at all if it is none."""
    return uid if uid is not None and is_usable_uid(uid) else None


def response_to(
    request: Command,
    status: Status,
    *,
    comment: str | None = None,
    offending_elements: tuple[int, ...] | None = None,
    has_data_set: bool = False,
) -> Command:
    """Build the response to any request (PS3.7 9.3, 10.3)."""
    return Command(
        field=request.field.response,
        message_id_responded_to=request.message_id,
        affected_sop_class_uid=echoed_uid(
            request.affected_sop_class_uid or request.requested_sop_class_uid
        ),
        affected_sop_instance_uid=echoed_uid(
            request.affected_sop_instance_uid or request.requested_sop_instance_uid
        ),
        action_type_id=request.action_type_id,
        status=status,
        error_comment=comment,
        offending_elements=offending_elements or None,
        has_data_set=has_data_set,
    )
