"""STOW-RS (PS3.18 10.5): parts stream into the store; each object is answered for by itself."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson
from litestar import Response, post
from litestar.di import NamedDependency

from sonarium.base.errors import RequestError, SonariumError, UnavailableError
from sonarium.dicom.errors import IncompletePrefix
from sonarium.dicom.json_model import json_to_data_set
from sonarium.dicom.part10 import PREFIX_BYTES, split_part10
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN
from sonarium.dicom.xml_model import attributes_to_xml, xml_to_attributes
from sonarium.domain.attributes import Attributes, JSONValue
from sonarium.domain.principal import Permission
from sonarium.faces.dicomweb.answers import HTTPRequest
from sonarium.faces.dicomweb.errors import TooLarge, UnsupportedMediaType
from sonarium.faces.dicomweb.media_types import (
    DICOM,
    DICOM_JSON,
    DICOM_XML,
    MediaRange,
    first_taken,
    parse_accept,
    parse_content_type,
)
from sonarium.faces.dicomweb.urls import base_of, named_by
from sonarium.faces.web_access import access, actor_of, principal_of
from sonarium.services.sender_department import department_of_sender
from sonarium.services.store import (
    Arrival,
    DatabaseUnavailable,
    Door,
    InstanceUIDMismatch,
    MalformedDataSet,
    MissingIdentity,
    OutOfSpace,
    Placement,
    Reception,
    SOPClassMismatch,
    Source,
    StorageUnavailable,
    Stored,
    StoreService,
    StudyMismatch,
)
from sonarium.wire.multipart import (
    MalformedMultipart,
    MultipartEvent,
    MultipartReader,
    PartBegins,
    PartData,
    PartEnds,
)

MOST_METADATA_BYTES: Final = 256 * 1024 * 1024
"""JSON or XML metadata with its bulk values is put together in memory, up to this."""

MOST_METADATA_VALUES: Final = 2_000_000
"""How many values JSON metadata may have: 3 bytes of text can be 64 bytes of memory."""


class SetAside(RequestError):
    """Other bytes are kept under this SOP Instance UID: the object waits in quarantine."""


FAILURE_REASON: Mapping[type[SonariumError], int] = {
    OutOfSpace: 0xA700,
    StorageUnavailable: 0xA700,
    DatabaseUnavailable: 0xA700,
    SOPClassMismatch: 0xA900,
    InstanceUIDMismatch: 0xA900,
    MissingIdentity: 0xC000,
    MalformedDataSet: 0xC000,
    StudyMismatch: 0xA900,
    SetAside: 0x0111,
    RequestError: 0x0110,
}  # PS3.18 Table I.2-1, after PS3.4 B.2.3


@dataclass(slots=True)
class Outcome:
    """What became of the objects of one request."""

    stored: list[Stored] = field(default_factory=list)
    failed: list[tuple[str, str, SonariumError]] = field(default_factory=list)

    async def settle(self) -> None:
        """Wait until the index knows every object; those in quarantine did not succeed."""
        placements = [(stored, await stored.placed()) for stored in self.stored]
        self.stored = [one for one, placed in placements if placed is not Placement.CONFLICT]
        self.failed += [
            (
                one.sop_class_uid,
                one.sop_instance_uid,
                SetAside("other bytes have this UID: quarantined"),
            )
            for one, placed in placements
            if placed is Placement.CONFLICT
        ]

    @property
    def status(self) -> int:
        """200 all, 202 some, 409 none, 503 when none for reasons that may pass."""
        if not self.failed:
            return 200 if self.stored else 400
        if self.stored:
            return 202
        passing = all(isinstance(error, UnavailableError) for _, _, error in self.failed)
        return 503 if passing else 409


_AS_IT_IS: Final = frozenset({"", "identity"})


@post(["/studies", "/studies/{study:str}"], opt=access(Permission.WRITE_STUDIES))
async def store_instances(
    request: HTTPRequest, store: NamedDependency[StoreService]
) -> Response[bytes]:
    """Store the objects in the body.

    A parameter `department`, which is ours, says of which department they are where they name none.
    """
    study = named_by(request).study_instance_uid if request.path_params else None
    if request.headers.get("content-encoding", "identity").strip().lower() not in _AS_IT_IS:
        raise UnsupportedMediaType("send the body as it is, without a Content-Encoding")
    kind = parse_content_type(request.headers.get("content-type", ""))
    receiver = _Receiver(store, study, _source(request))
    if kind.media_type == DICOM:
        await receiver.whole_body(request)
    elif kind.is_multipart and kind.part_type in {DICOM, DICOM_JSON, DICOM_XML}:
        await receiver.multipart_body(request, kind)
    else:
        raise UnsupportedMediaType(
            f'send multipart/related; type="{DICOM}", {DICOM_JSON} or {DICOM_XML}, or one '
            f"object as {DICOM}"
        )
    await receiver.outcome.settle()
    return _response(request, receiver.outcome, study)


async def _chunks(request: HTTPRequest) -> AsyncIterator[bytes]:
    """Stream the body; how long its sender is waited for, the flow guard decides."""
    async for chunk in request.stream():
        if chunk:
            yield chunk


class _Receiver:
    """Takes the parts of one request, one after the other."""

    def __init__(self, store: StoreService, study: str | None, source: Source) -> None:
        self._store = store
        self._study = study
        self._source = source
        self.outcome = Outcome()
        self._documents: list[bytes] = []
        self._bulk: dict[str, bytes] = {}
        self._metadata_bytes = 0
        self._metadata_values = 0
        self._part: _ObjectPart | None = None
        self._held: tuple[PartBegins, bytearray] | None = None

    async def whole_body(self, request: HTTPRequest) -> None:
        """Take a body that is one object."""
        part = self._object()
        try:
            async for chunk in _chunks(request):
                await part.feed(chunk)
        except BaseException:
            await part.abandon()
            raise
        await self._finish(part)

    async def multipart_body(self, request: HTTPRequest, kind: MediaRange) -> None:
        """Take a multipart body: objects, or metadata with bulk values."""
        reader = MultipartReader(kind.parameters.get("boundary", ""))
        try:
            async for chunk in _chunks(request):
                for event in reader.receive(chunk):
                    await self._take(event, kind.part_type)
            if not reader.is_complete:
                raise MalformedMultipart("the body ends before its closing boundary")
        finally:
            if self._part is not None:
                await self._part.abandon()
        for document in self._documents:
            await self._described(document, kind.part_type)

    async def _take(self, event: MultipartEvent, part_type: str) -> None:
        match event:
            case PartBegins(headers):
                own = parse_content_type(headers.get("content-type", part_type))
                if part_type == DICOM and own.media_type == DICOM:
                    self._part = self._object()
                else:
                    self._held = (event, bytearray())
            case PartData(content):
                if self._part is not None:
                    await self._part.feed(content)
                elif self._held is not None:
                    self._held[1].extend(content)
                    self._hold(len(content))
            case PartEnds():
                finished, self._part = self._part, None
                held, self._held = self._held, None
                if finished is not None:
                    await self._finish(finished)
                elif held is not None:
                    self._keep(*held)

    def _object(self) -> "_ObjectPart":
        return _ObjectPart(self._store, self._source, self._study)

    def _hold(self, size: int) -> None:
        self._metadata_bytes += size
        if self._metadata_bytes > MOST_METADATA_BYTES:
            raise TooLarge(
                f"metadata with bulk values may have {MOST_METADATA_BYTES // 2**20} MiB; "
                f"send {DICOM} instead"
            )

    def _keep(self, begin: PartBegins, content: bytearray) -> None:
        own = parse_content_type(begin.headers.get("content-type", ""))
        if own.media_type in {DICOM_JSON, DICOM_XML}:
            self._documents.append(bytes(content))
        else:
            location = begin.headers.get("content-location", "")
            self._bulk[location] = bytes(content)
            syntax = own.transfer_syntax
            if syntax is not None:
                self._bulk[_SYNTAX_OF + location] = syntax.encode()

    async def _described(self, document: bytes, part_type: str) -> None:
        """Store the objects that a metadata document describes."""
        self._refuse_too_many_values(document, part_type)
        try:
            described: list[object] = (
                list(orjson.loads(document))
                if part_type == DICOM_JSON
                else [xml_to_attributes(document)]
            )
        except (orjson.JSONDecodeError, TypeError) as error:
            raise UnsupportedMediaType("the metadata part is not a JSON array") from error
        for attributes in described:
            part = self._object()
            try:
                syntax = self._syntax(attributes)
                encoded = json_to_data_set(attributes, syntax, self._bulk_value)
                await part.begin(syntax)
                await part.feed(encoded)
            except SonariumError as error:
                await part.abandon()
                self.outcome.failed.append(("", "", error))
            else:
                await self._finish(part)

    def _refuse_too_many_values(self, document: bytes, part_type: str) -> None:
        """Count values before any is made; a comma in a text counts too, which is no matter."""
        if part_type == DICOM_JSON:
            self._metadata_values += sum(document.count(mark) for mark in (b"{", b"[", b","))
        if self._metadata_values > MOST_METADATA_VALUES:
            raise TooLarge(
                f"metadata may have {MOST_METADATA_VALUES:,} values; send {DICOM} instead"
            )

    def _syntax(self, attributes: object) -> str:
        """Return the transfer syntax of the bulk values that an object refers to."""
        if isinstance(attributes, dict):
            named = attributes.get("00083002") or attributes.get("00020010")
            values = named.get("Value") if isinstance(named, dict) else None
            if isinstance(values, list) and values:
                return str(values[0])
            pixels = attributes.get("7FE00010")
            uri = pixels.get("BulkDataURI") if isinstance(pixels, dict) else None
            if isinstance(uri, str) and _SYNTAX_OF + uri in self._bulk:
                return self._bulk[_SYNTAX_OF + uri].decode()
        return EXPLICIT_VR_LITTLE_ENDIAN

    def _bulk_value(self, uri: str) -> bytes:
        """Return a bulk value of this very request; addresses elsewhere are never fetched."""
        return self._bulk[uri]

    async def _finish(self, part: "_ObjectPart") -> None:
        try:
            stored = await part.commit()
        except SonariumError as error:
            self.outcome.failed.append((part.sop_class_uid, part.sop_instance_uid, error))
        else:
            self.outcome.stored.append(stored)


_SYNTAX_OF: Final = "transfer-syntax of "


class _ObjectPart:
    """One object on its way in: its file meta is split off, its data set streams on."""

    def __init__(self, store: StoreService, source: Source, study: str | None) -> None:
        self._store = store
        self._source = source
        self._study = study
        self._prefix = bytearray()
        self._reception: Reception | None = None
        self._refusal: SonariumError | None = None
        self.sop_class_uid = ""
        self.sop_instance_uid = ""

    async def begin(self, transfer_syntax_uid: str) -> None:
        """Begin an object that has no file meta."""
        self._reception = self._store.receive(
            Arrival(transfer_syntax_uid, self._source, study_instance_uid=self._study)
        )

    async def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the file; what is wrong with it shows in `commit`."""
        if self._refusal is not None:
            return
        if self._reception is not None:
            waiting = self._reception.feed(chunk)
            if waiting is not None:
                await waiting
            return
        self._prefix += chunk
        if len(self._prefix) >= PREFIX_BYTES:
            await self._split()

    async def _split(self) -> None:
        try:
            start = split_part10(bytes(self._prefix[:PREFIX_BYTES]))
        except (MalformedDataSet, IncompletePrefix) as error:
            self._refusal = MalformedDataSet(str(error))
            return
        self.sop_class_uid = start.meta.media_storage_sop_class_uid
        self.sop_instance_uid = start.meta.media_storage_sop_instance_uid
        await self.begin(start.transfer_syntax_uid)
        rest = bytes(self._prefix[start.data_set_offset :])
        self._prefix.clear()
        await self.feed(rest)

    async def commit(self) -> Stored:
        """Make the object durable."""
        if self._reception is None and self._refusal is None:
            await self._split()
        if self._refusal is not None or self._reception is None:
            raise self._refusal or MalformedDataSet("this is not a DICOM file")
        return await self._reception.commit()

    async def abandon(self) -> None:
        """Forget what came so far."""
        if self._reception is not None:
            await self._reception.abandon()


def _source(request: HTTPRequest) -> Source:
    actor = actor_of(request)
    named = request.query_params.get("department")
    return Source(
        Door.STOW,
        address=actor.address,
        sender=actor.name,
        sender_kind=actor.kind,
        department=department_of_sender(principal_of(request), named),
    )


def _response(request: HTTPRequest, outcome: Outcome, study: str | None) -> Response[bytes]:
    """Write the Store Instances Response (PS3.18 10.5.3, Annex I)."""
    base = base_of(request)
    body: Attributes = {}
    studies = {stored.study_instance_uid for stored in outcome.stored}
    if len(studies) == 1 or study is not None:
        named = study or next(iter(studies))
        body["00081190"] = {"vr": "UR", "Value": [f"{base}/studies/{named}"]}
    if outcome.failed:
        body["00081198"] = {"vr": "SQ", "Value": [_failure(*one) for one in outcome.failed]}
    if outcome.stored:
        body["00081199"] = {"vr": "SQ", "Value": [_success(one, base) for one in outcome.stored]}
    headers = {"Retry-After": "5"} if outcome.status == 503 else {}
    accept = parse_accept(request.headers.get("accept", ""))
    media_type = first_taken(accept, [DICOM_JSON, DICOM_XML]) or DICOM_JSON
    written = attributes_to_xml(body) if media_type == DICOM_XML else orjson.dumps(body)
    return Response(written, status_code=outcome.status, media_type=media_type, headers=headers)


def _failure(sop_class_uid: str, sop_instance_uid: str, error: SonariumError) -> JSONValue:
    reason = next(FAILURE_REASON[kind] for kind in type(error).__mro__ if kind in FAILURE_REASON)
    return {
        "00081150": {"vr": "UI", "Value": [sop_class_uid]} if sop_class_uid else {"vr": "UI"},
        "00081155": {"vr": "UI", "Value": [sop_instance_uid]} if sop_instance_uid else {"vr": "UI"},
        "00081197": {"vr": "US", "Value": [reason]},
        "00000902": {"vr": "LO", "Value": [str(error)[:64]]},
    }


def _success(stored: Stored, base: str) -> JSONValue:
    address = (
        f"{base}/studies/{stored.study_instance_uid}/series/{stored.series_instance_uid}"
        f"/instances/{stored.sop_instance_uid}"
    )
    return {
        "00081150": {"vr": "UI", "Value": [stored.sop_class_uid]},
        "00081155": {"vr": "UI", "Value": [stored.sop_instance_uid]},
        "00081190": {"vr": "UR", "Value": [address]},
    }
