"""WADO-RS Retrieve transactions (PS3.18 10.4): objects, metadata, frames, bulk values."""

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial

from litestar import HttpMethod, get, route
from litestar.di import NamedDependency

from sonarium.dicom.header import Path
from sonarium.dicom.uids import transfer_syntax
from sonarium.dicom.xml_model import header_to_xml
from sonarium.domain.audit import EventID
from sonarium.domain.selection import Selection
from sonarium.faces.dicomweb.answers import (
    Answer,
    Body,
    HTTPRequest,
    Part,
    ShortPart,
    at_once,
    content,
    multipart,
    not_modified,
    single,
    tag_of,
    weak,
    xml_parts,
)
from sonarium.faces.dicomweb.compression import compressed_json
from sonarium.faces.dicomweb.errors import NotAcceptable
from sonarium.faces.dicomweb.frame_types import answered_type, frame_media_type, wanted_syntax
from sonarium.faces.dicomweb.media_types import (
    DICOM,
    DICOM_JSON,
    DICOM_XML,
    OCTET_STREAM,
    ZIP,
    MediaRange,
    first_taken,
    parse_accept,
)
from sonarium.faces.dicomweb.urls import base_of, named_by
from sonarium.faces.dicomweb.zip_archive import zip_answer
from sonarium.faces.web_access import viewer_of
from sonarium.services.metadata import MetadataService, bulk_data_uri
from sonarium.services.retrieve import InstanceRow, NotHere, OpenedInstance, RetrieveService
from sonarium.services.transcoding import Transcoder

_MOST_FRAMES = 100_000
_SHORT = 512 * 1024
"""An object that is shorter is read by one step; a longer one streams."""


@get("/studies/{study:str}")
async def retrieve_study(
    request: HTTPRequest,
    retrieve: NamedDependency[RetrieveService],
    transcoder: NamedDependency[Transcoder],
) -> Answer:
    """Return all instances of a study."""
    return await _objects(request, retrieve, transcoder, named_by(request))


@get("/studies/{study:str}/series/{series:str}")
async def retrieve_series(
    request: HTTPRequest,
    retrieve: NamedDependency[RetrieveService],
    transcoder: NamedDependency[Transcoder],
) -> Answer:
    """Return all instances of a series."""
    return await _objects(request, retrieve, transcoder, named_by(request))


@route(
    "/studies/{study:str}/series/{series:str}/instances/{instance:str}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
)
async def retrieve_instance(
    request: HTTPRequest,
    retrieve: NamedDependency[RetrieveService],
    transcoder: NamedDependency[Transcoder],
) -> Answer:
    """Return one instance, as a multipart message or as a file."""
    selection = named_by(request)
    accept = parse_accept(request.headers.get("accept", ""))
    wants_file = request.method == "HEAD" or any(
        not one.is_multipart and one.takes(DICOM) for one in accept
    )
    if not wants_file or (accept and accept[0].is_multipart):
        return await _objects(request, retrieve, transcoder, selection)
    (row,) = await _taken(request, retrieve, selection)
    syntax = _object_syntax([one for one in accept if one.takes(DICOM)], row)
    if syntax != row.transfer_syntax_uid:
        return content(await transcoded(transcoder, row, syntax), DICOM)
    return await single(
        request,
        Body(
            DICOM,
            retrieve.part10_length(row),
            partial(retrieve.iter_part10, row),
            f'"{row.sha256.hex()}"',
            f"{row.sop_instance_uid}.dcm",
        ),
    )


async def _taken(
    request: HTTPRequest, retrieve: RetrieveService, selection: Selection
) -> list[InstanceRow]:
    """Return what a selection names, to be sent away as it is stored."""
    return await retrieve.instances(viewer_of(request), selection, EventID.BEGIN_TRANSFERRING)


async def _objects(
    request: HTTPRequest, retrieve: RetrieveService, transcoder: Transcoder, selection: Selection
) -> Answer:
    """Answer with instances as a multipart message, or with all of them in a zip archive."""
    accept = parse_accept(request.headers.get("accept", ""))
    if first_taken(accept, [ZIP]) == ZIP and accept[0].media_type == ZIP:
        return zip_answer(retrieve, await _taken(request, retrieve, selection))
    usable = [one for one in accept if one.takes(DICOM)]
    if not usable:
        raise NotAcceptable(
            f'available: multipart/related; type="{DICOM}" (with transfer-syntax), {ZIP}'
        )
    rows = await _taken(request, retrieve, selection)
    syntaxes = [_object_syntax(usable, row) for row in rows]
    entity_tag = weak(
        tag_of(
            half
            for row, syntax in zip(rows, syntaxes, strict=True)
            for half in (row.sha256, syntax.encode())
        )
    )
    unchanged = not_modified(request, entity_tag)
    if unchanged is not None:
        return unchanged
    parts: list[Part | ShortPart] = []
    headers = {syntax: _headers_in(syntax) for syntax in set(syntaxes)}
    for row, syntax in zip(rows, syntaxes, strict=True):
        if syntax == row.transfer_syntax_uid:
            parts.append(_stored_part(retrieve, row, headers[syntax]))
        else:
            parts.append(await _transcoded_part(transcoder, row, syntax))
    return await multipart(parts, DICOM, entity_tag)


def _object_syntax(accept: Sequence[MediaRange], row: InstanceRow) -> str:
    """Return the transfer syntax that an instance is to have: as stored unless one is named."""
    named = [one.transfer_syntax for one in accept]
    if not named or None in named or "*" in named or row.transfer_syntax_uid in named:
        return row.transfer_syntax_uid
    return next(syntax for syntax in named if syntax is not None)


def _stored_part(
    retrieve: RetrieveService, row: InstanceRow, headers: Mapping[str, str]
) -> Part | ShortPart:
    length = retrieve.part10_length(row)
    if length <= _SHORT:
        return ShortPart(headers, length, partial(retrieve.part10, row))
    return Part(headers, length, partial(retrieve.iter_part10, row))


def _headers_in(syntax: str) -> Mapping[str, str]:
    return {"Content-Type": f"{DICOM};transfer-syntax={syntax}"}


async def transcoded(transcoder: Transcoder, row: InstanceRow, syntax: str) -> bytes:
    """Return an object as a file in another transfer syntax."""
    part = await _transcoded_part(transcoder, row, syntax)
    return b"".join([piece async for piece in part.stream()])


async def _transcoded_part(transcoder: Transcoder, row: InstanceRow, syntax: str) -> Part:
    """Plan at once, so that a refusal comes before the answer begins; recode as it is sent."""
    pieces = await transcoder.transcode(row, syntax)

    async def stream() -> AsyncIterator[bytes]:
        yield transcoder.head(row, syntax)
        async for piece in pieces:
            yield piece

    return Part(_headers_in(syntax), None, stream)


@get(
    [
        "/studies/{study:str}/metadata",
        "/studies/{study:str}/series/{series:str}/metadata",
        "/studies/{study:str}/series/{series:str}/instances/{instance:str}/metadata",
    ]
)
async def retrieve_metadata(
    request: HTTPRequest, metadata: NamedDependency[MetadataService]
) -> Answer:
    """Return attributes without bulk values, as JSON or XML."""
    selection = named_by(request)
    accept = parse_accept(request.headers.get("accept", ""))
    if first_taken(accept, [DICOM_JSON, "application/json"]) is not None:
        document = await metadata.of(viewer_of(request), selection, base_of(request))
        return compressed_json(request, document.content, f'"{document.version}"')
    if not any(one.is_multipart and one.takes(DICOM_XML) for one in accept):
        # XML comes in parts, one for each instance, of one instance too (PS3.18 8.7.3).
        raise NotAcceptable(
            f'available: {DICOM_JSON}, multipart/related; type="{DICOM_XML}", which is no '
            f"{DICOM_XML} by itself"
        )
    base = base_of(request)
    headers = await metadata.headers(viewer_of(request), selection)
    documents = [header_to_xml(header, bulk_data_uri(base, row)) for row, header in headers]
    return await xml_parts(request, documents)


@get("/studies/{study:str}/series/{series:str}/instances/{instance:str}/frames/{frames:str}")
async def retrieve_frames(
    request: HTTPRequest,
    retrieve: NamedDependency[RetrieveService],
    transcoder: NamedDependency[Transcoder],
) -> Answer:
    """Return frames by number (the first is 1)."""
    opened = await retrieve.open(viewer_of(request), named_by(request))
    frames = str(request.path_params["frames"])
    wanted = frame_numbers(frames)
    stored = opened.row.transfer_syntax_uid
    for one in parse_accept(request.headers.get("accept", "")):
        syntax = wanted_syntax(one, stored)
        if syntax is None or (not one.is_multipart and len(wanted) > 1 and one.part_type != "*/*"):
            continue
        media_type = answered_type(one, syntax) or frame_media_type(syntax)
        is_single = len(wanted) == 1 and not one.is_multipart and one.part_type != "*/*"
        entity_tag = f'"{opened.row.sha256.hex()[:32]}-{syntax}-{frames}"'
        entity_tag = entity_tag if is_single else weak(entity_tag)
        unchanged = not_modified(request, entity_tag)
        if unchanged is not None:
            return unchanged
        lengths, frames_found = await _frames_in(retrieve, transcoder, opened, wanted, syntax)
        if is_single:
            return at_once(request, bytes(await anext(frames_found)), media_type, entity_tag)
        headers = {"Content-Type": f"{media_type};transfer-syntax={syntax}"}
        parts = [ShortPart(headers, length, frames_found.__anext__) for length in lengths]
        return await multipart(parts, media_type, entity_tag)
    raise NotAcceptable(
        f'available: multipart/related; type="{frame_media_type(stored)}"; '
        f'transfer-syntax={stored}, multipart/related; type="{OCTET_STREAM}"'
    )


async def _frames_in(
    retrieve: RetrieveService,
    transcoder: Transcoder,
    opened: OpenedInstance,
    wanted: list[int],
    syntax: str,
) -> tuple[list[int], AsyncIterator[bytes | memoryview]]:
    """Return lengths of frames, and the frames as stored, or recoded.

    Native frames are little endian on this way out.
    """
    stored = transfer_syntax(opened.row.transfer_syntax_uid)
    asked = transfer_syntax(syntax)
    is_native = not stored.is_encapsulated and not stored.is_big_endian
    if stored.uid == syntax or (
        is_native and not asked.is_encapsulated and not asked.is_big_endian
    ):
        return retrieve.frame_lengths(opened, wanted), retrieve.iter_frames(opened, wanted)
    recoded = await transcoder.frames(opened.row, syntax, wanted)
    return list(map(len, recoded)), _each(recoded)


async def _each(frames: Sequence[bytes]) -> AsyncIterator[bytes]:
    for frame in frames:
        yield frame


def frame_numbers(text: str) -> list[int]:
    """Read a frame list such as `1,2,5`; returned numbers begin at 0.

    Raises:
        NotHere: not a list of frame numbers.
    """
    numbers = text.split(",")
    if len(numbers) > _MOST_FRAMES or not all(
        number.isascii() and number.isdigit() and 0 < len(number) < 10 and int(number)
        for number in numbers
    ):
        raise NotHere("frames are named by numbers from 1, parted by commas")
    if len(set(map(int, numbers))) < len(numbers):
        # The numbers of a frame list are "non-duplicate" (PS3.18 10.4): a short address must
        # not ask for a thousand times what the object holds.
        raise NotHere("a frame is named twice")
    return [int(number) - 1 for number in numbers]


@route(
    "/studies/{study:str}/series/{series:str}/instances/{instance:str}/bulkdata/{path:path}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
)
async def retrieve_bulk_data(
    request: HTTPRequest, retrieve: NamedDependency[RetrieveService]
) -> Answer:
    """Return one value by the path of its tags, as it is stored."""
    opened = await retrieve.open(viewer_of(request), named_by(request))
    path = str(request.path_params["path"])
    extent = opened.header.extent(_tag_path(path))
    if extent is None:
        raise NotHere("the object has no such value")
    row = opened.row

    def stream(start: int, length: int) -> AsyncIterator[bytes]:
        return retrieve.iter_value(row, type(extent)(extent.offset + start, length))

    body = Body(OCTET_STREAM, extent.length, stream, f'"{row.sha256.hex()[:32]}-{path}"')
    accept = parse_accept(request.headers.get("accept", ""))
    if request.method == "GET" and accept and accept[0].is_multipart:
        part = Part(
            {"Content-Type": OCTET_STREAM}, extent.length, partial(stream, 0, extent.length)
        )
        return await multipart([part], OCTET_STREAM, weak(body.entity_tag))
    return await single(request, body)


def _tag_path(text: str) -> Path:
    """Read `54000100/1/54001010`: a tag, an item number from 1, a tag, …"""
    steps = text.strip("/").split("/")
    try:
        path = tuple(int(step, 16 if at % 2 == 0 else 10) for at, step in enumerate(steps))
    except ValueError:
        raise NotHere("a value is named by its tags in hexadecimal digits") from None
    if len(path) % 2 == 0 or len(path) > 65:
        raise NotHere("a value is named by a path that ends in a tag")
    return path
