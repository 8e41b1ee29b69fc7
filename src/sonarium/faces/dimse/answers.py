"""Writes the matches of one C-FIND as identifiers of its responses (PS3.4 C.4.1.1.3.2).

A query asks for the same attributes of every match, so the heads of its elements are written
once and each match costs little more than its own characters. What does not fit that (other
character sets than ASCII, sequences, long values) goes the general way.
"""

from struct import Struct
from typing import Final

import orjson

from sonarium.dicom.encode import character_set_for, encode_attributes
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.attributes import Attributes, Element, JSONValue

_LATIN_1: Final = "ISO_IR 100"
_UTF_8: Final = "ISO_IR 192"
_PLAIN_TEXTS: Final = frozenset(
    {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UI"}
)
"""VRs whose values are characters and whose length is a short one in Explicit VR."""
_LONGEST: Final = 0xFFFE
_TAG: Final = Struct("<HH")
_SHORT_LENGTH: Final = Struct("<H").pack
_LONG_LENGTH: Final = Struct("<L").pack


class AnswerWriter:
    """Encodes one match after the other.

    Args:
        blanks: every attribute that was asked for, without value.
        ours: what every answer says alike: the level, where to retrieve from.
        character_set: Specific Character Set (0008,0005) of the request.
    """

    def __init__(
        self,
        transfer_syntax_uid: str,
        blanks: Attributes,
        ours: Attributes,
        character_set: str,
    ) -> None:
        self._transfer_syntax_uid = transfer_syntax_uid
        self._blanks = blanks
        self._ours = ours
        self._character_set = character_set
        self._is_explicit = transfer_syntax_uid == EXPLICIT_VR_LITTLE_ENDIAN
        self._pack_length = _SHORT_LENGTH if self._is_explicit else _LONG_LENGTH
        self._is_plain = transfer_syntax_uid in (
            EXPLICIT_VR_LITTLE_ENDIAN,
            IMPLICIT_VR_LITTLE_ENDIAN,
        ) and all(element["vr"] in _PLAIN_TEXTS for element in blanks.values())
        self._heads: list[tuple[str, object, bytes, bytes, bytes | None]] = []
        if self._is_plain:
            self._heads = [self._head_of(key, element) for key, element in self._sorted()]

    def encode(self, match: Attributes) -> bytes:
        """Return the identifier for one match.

        Raises:
            InvalidAttribute: the index gave a value that does not fit its VR.
        """
        if self._is_plain and match.keys() <= self._blanks.keys():
            encoded = self._encode_plainly(match)
            if encoded is not None:
                return encoded
        answer = {**self._blanks, **match, **self._ours}
        return encode_attributes(answer, self._transfer_syntax_uid, self._character_set_for(answer))

    def _sorted(self) -> list[tuple[str, Element]]:
        return sorted({**self._blanks, **self._ours}.items())

    def _head_of(
        self, key: str, element: Element
    ) -> tuple[str, object, bytes, bytes, bytes | None]:
        """Return key, VR, head, padding, and the whole element where it is always the same."""
        vr = str(element["vr"])
        head = _TAG.pack(int(key[:4], 16), int(key[4:], 16))
        if self._is_explicit:
            head += vr.encode("ascii")
        padding = b"\0" if vr == "UI" else b" "
        constant = None
        if key in self._ours:
            constant = encode_attributes({key: element}, self._transfer_syntax_uid, "")
        return key, vr, head, padding, constant

    def _encode_plainly(self, match: Attributes) -> bytes | None:
        """Write a match of ASCII characters; None when it is none."""
        parts: list[bytes] = []
        pack_length = self._pack_length
        for key, vr, head, padding, constant in self._heads:
            if constant is not None:
                parts.append(constant)
                continue
            element = match.get(key)
            if element is None or not (values := element.get("Value")):
                parts += (head, pack_length(0))
                continue
            text = _text_of(values)
            if element["vr"] != vr or not text.isascii() or len(text) > _LONGEST:
                return None
            value = text.encode("ascii")
            if len(value) & 1:
                value += padding
            parts += (head, pack_length(len(value)), value)
        return b"".join(parts)

    def _character_set_for(self, answer: Attributes) -> str:
        """Choose the request's character set where it holds the answer, else Latin-1 or UTF-8."""
        text = orjson.dumps(answer)
        if text.isascii():
            return ""
        texts = (text.decode(),)
        for preferred in (self._character_set, _LATIN_1):
            if preferred and character_set_for(texts, preferred) == preferred:
                return preferred
        return _UTF_8


def _text_of(values: JSONValue) -> str:
    """Write values as DICOM does, parted by backslashes."""
    if not isinstance(values, list):
        return ""
    if len(values) == 1:
        value = values[0]
        if type(value) is str:
            return value
        return _one_text(value)
    return "\\".join(map(_one_text, values))


def _one_text(value: JSONValue) -> str:
    if isinstance(value, dict):  # PN
        alphabetic = str(value.get("Alphabetic", ""))
        if len(value) == 1:
            return alphabetic
        groups = (alphabetic, str(value.get("Ideographic", "")), str(value.get("Phonetic", "")))
        return "=".join(groups).rstrip("=")
    return "" if value is None else str(value)
