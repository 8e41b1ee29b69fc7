"""C-FIND as SCP (PS3.4 C.4.1): from identifier to query, from rows to responses."""

import asyncio
from collections.abc import Iterator
from typing import Final

import orjson

from sonarium.dicom.encode import character_set_for, decode_identifier, encode_attributes
from sonarium.domain.attributes import Attributes, tag_key
from sonarium.faces.dimse.identifier import (
    INSTANCE_AVAILABILITY,
    QUERY_RETRIEVE_LEVEL,
    RETRIEVE_AE_TITLE,
    FindIdentifier,
    check_bounds,
    extensions_of,
    find_identifier,
)
from sonarium.faces.dimse.requests import Request, response_to
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.faces.dimse.sop_classes import FIND_MODELS
from sonarium.services.query import QueryService
from sonarium.wire.dimse.command import Command
from sonarium.wire.dimse.status import Status

_BATCH: Final = 64
"""Matches between two looks for a cancellation."""
_LATIN_1: Final = "ISO_IR 100"
_UTF_8: Final = "ISO_IR 192"


class FindSCP:
    """Serves C-FIND requests."""

    def __init__(self, query: QueryService, settings: DimseSettings) -> None:
        self._query = query
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
        answers = _Answers(identifier, context.transfer_syntax, self._settings.ae_title)
        pending = response_to(
            request.command,
            Status.PENDING_WITH_UNSUPPORTED_KEYS if identifier.unsupported else Status.PENDING,
            has_data_set=True,
        )
        async for page in self._query.iter_pages(identifier.query):
            for at in range(0, len(page), _BATCH):
                if request.is_cancelled:
                    await request.respond(Status.CANCEL)
                    return
                batch = page[at : at + _BATCH]
                await request.association.send_many(
                    request.context_id, answers.encode(pending, batch)
                )
                request.tally.matches += len(batch)
                await asyncio.sleep(0)  # let a C-CANCEL in, and other associations
        await request.respond(Status.CANCEL if request.is_cancelled else Status.SUCCESS)


class _Answers:
    """Encodes matches as identifiers of responses (PS3.4 C.4.1.1.3.2)."""

    def __init__(self, identifier: FindIdentifier, transfer_syntax_uid: str, ae_title: str) -> None:
        self._transfer_syntax_uid = transfer_syntax_uid
        self._character_set = identifier.character_set
        self._blanks = identifier.blanks
        self._ours: Attributes = {
            tag_key(QUERY_RETRIEVE_LEVEL): {"vr": "CS", "Value": [identifier.query.level.value]},
            tag_key(RETRIEVE_AE_TITLE): {"vr": "AE", "Value": [ae_title]},
        }
        if tag_key(INSTANCE_AVAILABILITY) in identifier.blanks:
            self._ours[tag_key(INSTANCE_AVAILABILITY)] = {"vr": "CS", "Value": ["ONLINE"]}

    def encode(
        self, pending: Command, matches: list[Attributes]
    ) -> Iterator[tuple[Command, bytes]]:
        """Encode one Pending response after the other."""
        for match in matches:
            answer = {**self._blanks, **match, **self._ours}
            encoded = encode_attributes(
                answer, self._transfer_syntax_uid, self._character_set_of(answer)
            )
            yield pending, encoded

    def _character_set_of(self, answer: Attributes) -> str:
        """Choose the request's character set where it holds the answer, else Latin-1 or UTF-8."""
        text = orjson.dumps(answer)
        if text.isascii():
            return ""
        texts = (text.decode(),)
        for preferred in (self._character_set, _LATIN_1):
            if preferred and character_set_for(texts, preferred) == preferred:
                return preferred
        return _UTF_8
