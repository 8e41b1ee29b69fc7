"""What reads a stranger's bytes, each as a function of bytes that a fuzzer can call.

What cannot be read must be refused by an error of ours. What can be read must mean the same when it
is written and read again, or comes in other pieces.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import orjson
from tests.fuzz.data_set import SYNTAXES, read_everything, seeds

from sonarium.base.errors import PeerError, RequestError, SonariumError
from sonarium.dicom.encode import decode_identifier
from sonarium.dicom.header import Header, header_of
from sonarium.dicom.json_model import header_to_json, json_to_data_set
from sonarium.dicom.part10 import guess_transfer_syntax, split_part10
from sonarium.dicom.pixels.format import check_frame_size, pixel_format
from sonarium.dicom.pixels.jpeg2000_stream import (
    codestream_of,
    end_codestream,
    read_jpeg2000_head,
)
from sonarium.dicom.pixels.jpeg_stream import (
    Colour,
    colour_by_decoders,
    colour_by_markers,
    end_properly,
    read_jpeg_head,
    retag,
    untag,
)
from sonarium.dicom.scanner import DataSetScanner
from sonarium.dicom.sr.key_objects import read_key_images
from sonarium.dicom.sr.reading import read_content
from sonarium.dicom.xml_model import xml_to_attributes
from sonarium.faces.dicomweb.media_types import parse_accept, parse_content_type
from sonarium.ultrasound.cine_timing import frame_timing
from sonarium.ultrasound.regions import read_regions
from sonarium.wire.dimse.command import Command, CommandField, decode_command, encode_command
from sonarium.wire.dimse.message import MessageAssembler, command_pdus
from sonarium.wire.multipart import (
    MultipartEvent,
    MultipartReader,
    PartBegins,
    PartData,
    closing,
    part_head,
)
from sonarium.wire.upper_layer.core import UpperLayer
from sonarium.wire.upper_layer.effects import AssociateIndication, Effect
from sonarium.wire.upper_layer.pdu import (
    Abort,
    AssociateAC,
    AssociateRJ,
    AssociateRQ,
    PresentationDataValue,
    ReleaseRQ,
    data_header,
    encode_pdu,
)
from sonarium.wire.upper_layer.presentation_context import (
    AnsweredContext,
    ContextResult,
    ProposedContext,
)
from sonarium.wire.upper_layer.state_table import State
from sonarium.wire.upper_layer.user_information import UserInformation

REFUSALS: Final = (PeerError, RequestError)
_EXPLICIT: Final = "1.2.840.10008.1.2.1"
_USER: Final = UserInformation(0, "1.2.3")
_REQUEST: Final = AssociateRQ(
    "ARCHIVE", "SCANNER", (ProposedContext(1, "1.2", (_EXPLICIT,)),), _USER
)
_MOST_FRAMES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Reader:
    """A way in, and good inputs to begin with."""

    read: Callable[[bytes], None]
    begins_with: Callable[[Path], Iterator[bytes]]


def cut(content: bytes, size: int) -> Iterator[bytes]:
    """Cut into pieces of a size."""
    for at in range(0, len(content), max(1, size)):
        yield content[at : at + max(1, size)]


def association(said: bytes) -> None:
    """Hear a peer in pieces of as many bytes as the first one says; odd: after its greeting."""
    size = said[0] if said else 1
    layer, assembler = UpperLayer(), MessageAssembler(64 * 1024)
    layer.transport_indicated()
    greeting = [encode_pdu(_REQUEST)] if size % 2 else []
    for piece in (*greeting, *cut(said[1:], size)):
        for effect in layer.feed(piece):
            _heard(layer, assembler, effect)


def _heard(layer: UpperLayer, assembler: MessageAssembler, effect: Effect) -> None:
    if isinstance(effect, AssociateIndication):
        if layer.state is State.STA3:  # what came with the request may have ended it
            _answer(layer, effect.request)
    elif isinstance(effect, PresentationDataValue):
        assembler.add(effect)


def _answer(layer: UpperLayer, request: AssociateRQ) -> None:
    """Repeat whatever an answer repeats of a request."""
    titles = (request.called_ae_title, request.calling_ae_title)
    if not all(titles):
        layer.reject(AssociateRJ(1, 1, 7))
        return
    answered = tuple(
        AnsweredContext(one.context_id, ContextResult.ACCEPTANCE, one.transfer_syntaxes[0])
        for one in request.presentation_contexts
    )
    asked = request.user_information
    user = replace(_USER, roles=asked.roles, window=asked.window)
    layer.accept(AssociateAC(*titles, answered, user))


def _associations(_: Path) -> Iterator[bytes]:
    hello = encode_pdu(_REQUEST)
    echo = Command(
        field=CommandField.C_ECHO_RQ,
        has_data_set=False,
        message_id=1,
        affected_sop_class_uid="1.2",
    )
    message = command_pdus(1, encode_command(echo), 128)
    data_set = data_header(1, 4, is_command=False, is_last=True) + b"abcd"
    for ending in (b"", encode_pdu(ReleaseRQ()), encode_pdu(Abort()), hello, data_set):
        yield b"\xff" + message + ending
    yield b"\x08" + hello


def command(encoded: bytes) -> None:
    """Read a command set."""
    written = encode_command(decode_command(encoded))  # what is no ASCII becomes a question mark
    assert encode_command(decode_command(written)) == written


def _commands(_: Path) -> Iterator[bytes]:
    for kind in CommandField:
        yield encode_command(
            Command(
                field=kind,
                has_data_set=True,
                message_id=1,
                message_id_responded_to=2,
                affected_sop_class_uid="1.2.3",
                affected_sop_instance_uid="1.2.4",
                move_destination="PEER",
                status=0xB000,
            )
        )


def data_set(content: bytes) -> None:
    """Scan a data set: the first byte says the transfer syntax, the second the pieces."""
    if len(content) > 2:
        syntax = SYNTAXES[content[0] % len(SYNTAXES)]
        read_everything(syntax, content[2:], 1 + 16 * content[1])


def _data_sets(folder: Path) -> Iterator[bytes]:
    for uid, encoded in seeds(folder):
        at = SYNTAXES.index(uid) if uid in SYNTAXES else 1
        yield bytes((at, 255)) + encoded[:6000]


def identifier(content: bytes) -> None:
    """Read a C-FIND identifier."""
    decode_identifier(content[2:], SYNTAXES[content[0] % 3] if content else _EXPLICIT)


def meaning(content: bytes) -> None:
    """Read what a data set says of its pixels, times, regions, and of its content tree."""
    header = _header(content)
    attributes = header_to_json(header, None)
    read_regions(attributes)
    frames = max(1, min(_MOST_FRAMES, header.integer(0x00280008) or 1))
    frame_timing(attributes, frames)
    root = read_content(attributes)
    if root is not None:
        read_key_images(root)
    check_frame_size(pixel_format(header))


def _header(content: bytes) -> Header:
    scanner = DataSetScanner(_EXPLICIT)
    scanner.feed(content)
    return header_of(scanner.finish())


def _explicit(folder: Path) -> Iterator[bytes]:
    for uid, encoded in seeds(folder):
        if uid != "1.2.840.10008.1.2":
            yield encoded[:6000]


def part10(content: bytes) -> None:
    """Find where a file's data set begins."""
    guess_transfer_syntax(content)
    start = split_part10(content)
    assert 0 <= start.data_set_offset <= len(content)


def _files(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*.dcm")):
        yield path.read_bytes()[:3000]


def multipart(content: bytes) -> None:
    """Read parts; whatever the pieces are, they are the same parts."""
    if content:
        assert _parts(content[1:], content[0]) == _parts(content[1:], len(content))


def _parts(content: bytes, size: int) -> tuple[object, ...]:
    reader, read = MultipartReader("b"), list[object]()
    body = io.BytesIO()
    try:
        for piece in cut(content, size):
            for event in reader.receive(piece):
                _gather(event, body, read)
    except PeerError:
        return ("refused",)
    return (*read, body.getvalue(), reader.is_complete)


def _gather(event: MultipartEvent, body: io.BytesIO, read: list[object]) -> None:
    if isinstance(event, PartData):
        body.write(event.content)
    else:
        read.append((event.headers if isinstance(event, PartBegins) else None, body.tell()))


def _bodies(_: Path) -> Iterator[bytes]:
    part = part_head("b", {"Content-Type": "application/dicom", "Content-Location": "x"})
    yield b"\x05" + part + b"first" + part + b"second\r\n-" + closing("b")
    yield b"\xffpreamble\r\n--b\r\n\r\nx\r\n--b--\r\nepilogue"


def json(content: bytes) -> None:
    """Make data sets of the DICOM JSON model (PS3.18 F)."""
    try:
        described = orjson.loads(content)
    except orjson.JSONDecodeError:
        return
    for attributes in described if isinstance(described, list) else [described]:
        _write(attributes)


def _write(attributes: object) -> None:
    encoded = json_to_data_set(attributes, _EXPLICIT, lambda _uri: b"bulk")
    _header(encoded)


def _documents(folder: Path) -> Iterator[bytes]:
    for encoded in _explicit(folder):
        try:
            yield orjson.dumps([header_to_json(_header(encoded), str)])[:8000]
        except SonariumError:
            continue


def xml(content: bytes) -> None:
    """Make a data set of the Native DICOM Model (PS3.19 A.1)."""
    _write(xml_to_attributes(content))


def _native_models(_: Path) -> Iterator[bytes]:
    yield (
        b'<?xml version="1.0"?><NativeDicomModel><DicomAttribute tag="00100010" vr="PN">'
        b'<PersonName number="1"><Alphabetic><FamilyName>A</FamilyName></Alphabetic></PersonName>'
        b'</DicomAttribute><DicomAttribute tag="00081140" vr="SQ"><Item number="1">'
        b'<DicomAttribute tag="00080060" vr="CS"><Value number="1">US</Value></DicomAttribute>'
        b'</Item></DicomAttribute><DicomAttribute tag="7FE00010" vr="OW">'
        b"<InlineBinary>AAAA</InlineBinary></DicomAttribute></NativeDicomModel>"
    )


def jpeg(content: bytes) -> None:
    """Read the head of a JPEG or JPEG-LS stream, and write it again for browsers."""
    head = read_jpeg_head(content)
    colour_by_markers(head, "YBR_FULL_422")
    for written in (retag(content, head, colour_by_decoders(head)), untag(content, head)):
        again = read_jpeg_head(end_properly(written))
        assert (again.rows, again.columns) == (head.rows, head.columns)
    retag(content, head, Colour.RGB)


def jpeg_2000(content: bytes) -> None:
    """Read the head of a JPEG 2000 stream."""
    read_jpeg2000_head(end_codestream(codestream_of(content)))


def _frames(first: bytes) -> Callable[[Path], Iterator[bytes]]:
    def found(folder: Path) -> Iterator[bytes]:
        for _uid, encoded in seeds(folder):
            at = encoded.find(first)
            if at >= 0:
                yield encoded[at : at + 2000]

    return found


def media_types(content: bytes) -> None:
    """Read Accept and Content-Type."""
    text = content.decode("latin-1")
    parse_accept(text)
    parse_content_type(text)


def _accepts(_: Path) -> Iterator[bytes]:
    yield b'multipart/related; type="application/dicom"; transfer-syntax=*;q=0.5, image/*;q=0'


READERS: Final[Mapping[str, Reader]] = {
    "association": Reader(association, _associations),
    "command": Reader(command, _commands),
    "data-set": Reader(data_set, _data_sets),
    "identifier": Reader(identifier, _data_sets),
    "meaning": Reader(meaning, _explicit),
    "part10": Reader(part10, _files),
    "multipart": Reader(multipart, _bodies),
    "json": Reader(json, _documents),
    "xml": Reader(xml, _native_models),
    "jpeg": Reader(jpeg, _frames(b"\xff\xd8\xff")),
    "jpeg-2000": Reader(jpeg_2000, _frames(b"\xff\x4f\xff\x51")),
    "media-types": Reader(media_types, _accepts),
}
