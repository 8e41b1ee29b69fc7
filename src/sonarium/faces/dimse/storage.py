"""Storage as SCP (PS3.4 Annex B): hands each object to the store service while it arrives.

This is the busiest code of the archive; whatever is not needed for every single object has
no place in it.
"""

import asyncio
from typing import Final

from sonarium.base.errors import PeerError, SonariumError
from sonarium.base.identifiers import is_usable_uid
from sonarium.faces.dimse.errors import (
    InvalidSOPInstance,
    MistypedArgument,
    SOPClassNotSupported,
)
from sonarium.faces.dimse.requests import Tally, echoed_uid
from sonarium.faces.dimse.sop_classes import SERVICE_CLASSES, ServiceClass
from sonarium.faces.dimse.statuses import comment_of, status_of
from sonarium.net.association import Association, IncomingMessage
from sonarium.services.store import Arrival, Door, Reception, Source, StoreService
from sonarium.wire.dimse.command import Command, CommandField
from sonarium.wire.dimse.status import Status

_SUCCESS: Final = int(Status.SUCCESS)


class StorageSCP:
    """Serves the C-STORE requests of one association.

    Where an asynchronous operations window was agreed, one object is made durable while the
    next arrives; responses then come in the order in which objects are durable.
    """

    def __init__(
        self,
        store: StoreService,
        association: Association,
        tally: Tally,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._store = store
        self._association = association
        self._tally = tally
        self._tasks = tasks
        self._source = Source(
            door=Door.DIMSE,
            calling_ae_title=association.calling_ae_title,
            called_ae_title=association.called_ae_title,
            address=association.peer_address,
        )
        self._storage_contexts = frozenset(
            context.context_id
            for context in association.contexts.values()
            if context.as_scp
            and SERVICE_CLASSES.get(context.abstract_syntax, ServiceClass.STORAGE)
            is ServiceClass.STORAGE
        )
        window = association.window.maximum_invoked
        self._is_pipelined = window != 1
        self._under_way: set[asyncio.Task[None]] = set()

    async def serve(self, message: IncomingMessage) -> None:
        """Receive one object and answer."""
        try:
            self._check(message)
        except SonariumError as error:
            await self._refuse(message, error)
            return
        command = message.command
        reception = self._store.receive(
            Arrival(
                transfer_syntax_uid=message.context.transfer_syntax,
                source=self._source,
                sop_class_uid=command.affected_sop_class_uid,
                sop_instance_uid=command.affected_sop_instance_uid,
            )
        )
        try:
            async for fragment in message.fragments():
                pause = reception.feed(fragment)
                if pause is not None:
                    await pause
        except BaseException:
            await reception.abandon()
            raise
        if self._is_pipelined:
            task = self._tasks.create_task(self._finish(message, reception))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        else:
            await self._commit(message, reception)

    async def finish(self) -> None:
        """Wait until every object that arrived whole is answered."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _finish(self, message: IncomingMessage, reception: Reception) -> None:
        try:
            await self._commit(message, reception)
        except PeerError:
            return  # the conversation sees it too

    async def _commit(self, message: IncomingMessage, reception: Reception) -> None:
        try:
            await reception.commit()
        except SonariumError as error:
            await self._refuse(message, error)
            return
        except BaseException:
            await reception.abandon()
            raise
        self._tally.stored += 1
        command = message.command
        await self._association.send(
            message.context.context_id,
            Command(
                field=CommandField.C_STORE_RSP,
                message_id_responded_to=command.message_id,
                affected_sop_class_uid=command.affected_sop_class_uid,
                affected_sop_instance_uid=command.affected_sop_instance_uid,
                status=_SUCCESS,
            ),
        )

    async def _refuse(self, message: IncomingMessage, error: SonariumError) -> None:
        self._tally.refused += 1
        await message.discard()
        command = message.command
        await self._association.send(
            message.context.context_id,
            Command(
                field=CommandField.C_STORE_RSP,
                message_id_responded_to=command.message_id,
                affected_sop_class_uid=echoed_uid(command.affected_sop_class_uid),
                affected_sop_instance_uid=echoed_uid(command.affected_sop_instance_uid),
                status=status_of(error, ServiceClass.STORAGE),
                error_comment=comment_of(error),
            ),
        )

    def _check(self, message: IncomingMessage) -> None:
        """Refuse what cannot be stored, whatever its data set holds (PS3.7 9.1.1.1.9)."""
        command = message.command
        context = message.context
        if context.context_id not in self._storage_contexts:
            raise SOPClassNotSupported("the context is not for storage by the requestor")
        if command.affected_sop_class_uid != context.abstract_syntax:
            raise SOPClassNotSupported("the context is for another SOP class")
        if not command.has_data_set:
            raise MistypedArgument("the request has no data set")
        uid = command.affected_sop_instance_uid
        if uid is None or not is_usable_uid(uid):
            raise InvalidSOPInstance("Affected SOP Instance UID is missing or is no UID")
