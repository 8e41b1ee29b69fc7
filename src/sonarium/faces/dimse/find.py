"""C-FIND as SCP (PS3.4 C.4.1): from identifier to query, from rows to responses."""

import asyncio
from typing import Final

from sonarium.dicom.encode import decode_identifier
from sonarium.domain.attributes import Attributes, tag_key
from sonarium.faces.dimse.answers import AnswerWriter
from sonarium.faces.dimse.identifier import (
    INSTANCE_AVAILABILITY,
    QUERY_RETRIEVE_LEVEL,
    RETRIEVE_AE_TITLE,
    FindIdentifier,
    check_bounds,
    extensions_of,
    find_identifier,
)
from sonarium.faces.dimse.requests import Request, response_to, viewer_of
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.faces.dimse.sop_classes import FIND_MODELS
from sonarium.services.callers import CallerService
from sonarium.services.query import QueryService
from sonarium.wire.dimse.status import Status

_BATCH: Final = 64
"""Matches between two looks for a cancellation."""


class FindSCP:
    """Serves C-FIND requests."""

    def __init__(
        self, query: QueryService, callers: CallerService, settings: DimseSettings
    ) -> None:
        self._query = query
        self._callers = callers
        self._settings = settings

    async def serve(self, request: Request) -> None:
        """Answer one C-FIND: a Pending response for each match, then the final one."""
        context = request.message.context
        raw = await request.message.read(self._settings.maximum_identifier_length)
        attributes = decode_identifier(raw, context.transfer_syntax)
        check_bounds(attributes, self._settings)
        identifier = find_identifier(
            attributes,
            FIND_MODELS[context.abstract_syntax],
            extensions_of(request.association, context.abstract_syntax, self._settings),
        )
        writer = AnswerWriter(
            context.transfer_syntax,
            identifier.blanks,
            _same_for_all(identifier, self._settings.ae_title),
            identifier.character_set,
        )
        pending = response_to(
            request.command,
            Status.PENDING_WITH_UNSUPPORTED_KEYS if identifier.unsupported else Status.PENDING,
            has_data_set=True,
        )
        viewer = viewer_of(request, self._callers)
        async for page in self._query.iter_pages(viewer, identifier.query):
            for at in range(0, len(page), _BATCH):
                if request.is_cancelled:
                    await request.respond(Status.CANCEL)
                    return
                batch = page[at : at + _BATCH]
                await request.association.send_many(
                    request.context_id, ((pending, writer.encode(match)) for match in batch)
                )
                request.tally.matches += len(batch)
                await asyncio.sleep(0)  # let a C-CANCEL in, and other associations
        await request.respond(Status.CANCEL if request.is_cancelled else Status.SUCCESS)


def _same_for_all(identifier: FindIdentifier, ae_title: str) -> Attributes:
    """Return what every answer says alike (PS3.4 C.4.1.1.3.2)."""
    ours: Attributes = {
        tag_key(QUERY_RETRIEVE_LEVEL): {"vr": "CS", "Value": [identifier.query.level.value]},
        tag_key(RETRIEVE_AE_TITLE): {"vr": "AE", "Value": [ae_title]},
    }
    if tag_key(INSTANCE_AVAILABILITY) in identifier.blanks:
        ours[tag_key(INSTANCE_AVAILABILITY)] = {"vr": "CS", "Value": ["ONLINE"]}
    return ours
