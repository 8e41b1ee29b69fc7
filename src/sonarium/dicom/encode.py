"""JSON-model attributes ↔ encoded data sets: C-FIND identifiers and the like."""

from collections.abc import Iterable

from sonarium.domain.attributes import Attributes


def encode_attributes(
    attributes: Attributes, transfer_syntax_uid: str, character_set: str = "ISO_IR 192"
) -> bytes:
    """Encode attributes; adds Specific Character Set (0008,0005) where texts need it.

    `character_set` is a defined term or several parted by a backslash. Characters
    it cannot write become `?`.
    """
    raise NotImplementedError


def decode_identifier(raw: bytes | memoryview, transfer_syntax_uid: str) -> Attributes:
    """Decode a small data set held in memory, such as a C-FIND identifier.

    Raises:
        MalformedDataSet: it is none.
    """
    raise NotImplementedError


def character_set_for(texts: Iterable[str], preferred: str) -> str:
    """Choose the Specific Character Set for `texts`.

    Returns "" when all is ASCII, `preferred` when it can write everything,
    else "ISO_IR 192".
    """
    raise NotImplementedError
