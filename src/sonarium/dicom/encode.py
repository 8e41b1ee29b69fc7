"""JSON-model attributes ↔ small encoded data sets: C-FIND identifiers and the like."""

from typing import Final

from sonarium.dicom.character_set import UTF_8_TERM, character_set_for
from sonarium.dicom.character_set import character_set as character_set_of
from sonarium.dicom.data_set_writer import DataSetWriter
from sonarium.dicom.deflate import deflate
from sonarium.dicom.element import encoding_of
from sonarium.dicom.header import SPECIFIC_CHARACTER_SET, header_of
from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.scanned_data_set import ScanLimits
from sonarium.dicom.scanner import DataSetScanner
from sonarium.dicom.uids import transfer_syntax
from sonarium.domain.attributes import Attributes, tag_key

__all__ = ["character_set_for", "decode_identifier", "encode_attributes"]

_IDENTIFIER_LIMITS: Final = ScanLimits(
    header_bytes=4 * 2**20, elements=20_000, depth=16, fragments=16, inflated_bytes=8 * 2**20
)


def encode_attributes(
    attributes: Attributes, transfer_syntax_uid: str, character_set: str = UTF_8_TERM
) -> bytes:
    """Encode attributes as a data set of defined lengths.

    Specific Character Set (0008,0005) gets the value `character_set` when a text
    is not ASCII or `attributes` names it. Values behind a BulkDataURI stay empty.

    Args:
        attributes: JSON model.
        transfer_syntax_uid: any; deflated ones are deflated.
        character_set: a defined term or several parted by backslashes. Characters
            that it cannot write become `?`: see `character_set_for`.

    Raises:
        InvalidAttribute: a value does not fit its VR.
    """
    syntax = transfer_syntax(transfer_syntax_uid)
    writer = DataSetWriter(encoding_of(syntax), character_set_of(character_set))
    encoded = writer.data_set(attributes, character_set)
    return deflate(encoded) if syntax.is_deflated else encoded


def decode_identifier(raw: bytes | memoryview, transfer_syntax_uid: str) -> Attributes:
    """Decode a small data set held in memory, such as a C-FIND identifier.

    Unlike in a header's JSON, Specific Character Set keeps what the peer declared,
    so that answers can be written in it.

    Raises:
        MalformedDataSet: it is none, or larger than identifiers are.
    """
    scanner = DataSetScanner(transfer_syntax_uid, _IDENTIFIER_LIMITS)
    scanner.feed(raw)
    header = header_of(scanner.finish())
    attributes = header_to_json(header, None)
    declared = header.raw(SPECIFIC_CHARACTER_SET)
    if declared:
        terms = [term.strip() for term in declared.decode("latin_1").strip(" \0").split("\\")]
        attributes[tag_key(SPECIFIC_CHARACTER_SET)] = {"vr": "CS", "Value": [*terms]}
    return attributes
