"""Specific Character Set (0008,0005): bytes ↔ text (PS3.3 C.12.1.1.2, PS3.5 6.1)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class _Set:
    """One registered character set as ISO 2022 designates it.

    `is_g0`: its characters are two 7-bit bytes in place of ASCII (JIS X 0208, 0212).
    """

    codec: str
    escape: bytes
    is_g0: bool = False


_SETS: Final = {
    "100": _Set("iso8859_1", b"-A"),
    "101": _Set("iso8859_2", b"-B"),
    "109": _Set("iso8859_3", b"-C"),
    "110": _Set("iso8859_4", b"-D"),
    "144": _Set("iso8859_5", b"-L"),
    "127": _Set("iso8859_6", b"-G"),
    "126": _Set("iso8859_7", b"-F"),
    "138": _Set("iso8859_8", b"-H"),
    "148": _Set("iso8859_9", b"-M"),
    "203": _Set("iso8859_15", b"-b"),
    "166": _Set("iso8859_11", b"-T"),
    "13": _Set("jisx0201", b")I"),
    "87": _Set("jisx0208", b"$B", is_g0=True),
    "159": _Set("jisx0212", b"$(D", is_g0=True),
    "149": _Set("euc_kr", b"$)C"),
    "58": _Set("gb2312", b"$)A"),
}
_BY_ESCAPE: Final = {entry.escape: entry for entry in _SETS.values()}
_WHOLE: Final = {"192": "utf_8", "GB18030": "gb18030", "GBK": "gbk"}
_SPELLINGS: Final = {
    "UTF-8": "192", "UTF8": "192", "ISO 10646": "192", "GB 18030": "GB18030", "GB2312": "GBK",
    "LATIN1": "100", "ISO8859-1": "100", "ISO-8859-1": "100", "ISO 8859-1": "100",
}  # fmt: skip
_TERM: Final = re.compile(r"(ISO)?[ _-]*(2022)?[ _-]*IR[ _-]*(\d+)", re.ASCII)

_ESCAPE: Final = re.compile(rb"\x1b(\([BIJ]|\)[IJ]|\$[@B]|\$\([A-Z]|\$\)[A-Z]|-[A-Zb])")
_NARROWED: Final[dict[str, tuple[str, Callable[[bytes], bool]]]] = {
    "jisx0201": ("shift_jis", lambda encoded: len(encoded) == 1 and encoded[0] > 0x7F),
    "jisx0208": ("euc_jp", lambda encoded: len(encoded) == 2 and encoded[0] != 0x8E),
    "jisx0212": ("euc_jp", lambda encoded: encoded[0] == 0x8F),
}
"""Sets that a codec of Python holds together with others: the codec, and which bytes count.

Both codecs write a yen sign as a backslash, which would part values.
"""

_SINGLE_RUNS: Final = re.compile(rb"[\x00-\x7f]+|[\x80-\xff]+")
_DOUBLE_RUNS: Final = re.compile(rb"[\x21-\x7e]+|[\x00-\x20\x7f]+|[\x80-\xff]+")
_SET_HIGH_BIT: Final = bytes(byte | 0x80 for byte in range(256))
_DROP_HIGH_BIT: Final = bytes(byte & 0x7F for byte in range(256))
_VALUE_ENDS: Final = frozenset(b"\\\r\n\f\t")
_PERSON_NAME_ENDS: Final = _VALUE_ENDS | frozenset(b"^=")


def _number_of(term: str) -> str:
    """Return the registration number of a defined term, however it is spelled."""
    plain = term.strip(" \0").upper()
    if plain in _SPELLINGS:
        return _SPELLINGS[plain]
    found = _TERM.fullmatch(plain)
    return found[3] if found else plain


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """How the texts of a data set are written.

    Bytes outside of what is declared are not lost: where nothing is declared they
    are read as UTF-8 when they are that, else as Latin-1; elsewhere they become
    U+FFFD. So does a NUL within a text: PostgreSQL and XML cannot hold it.
    """

    codec: str | None
    """One codec for everything, or None when escape sequences switch between sets."""
    initial: _Set | None = None
    """The set above 7FH at the beginning of each value."""
    extensions: tuple[_Set, ...] = ()

    def decode(self, raw: bytes, vr: str = "LO") -> str:
        """Read a text; `vr` tells after which characters the sets are reset."""
        if b"\0" in raw:
            return self._decode(raw.rstrip(b"\0"), vr).replace("\0", "\ufffd")
        return self._decode(raw, vr)

    def _decode(self, raw: bytes, vr: str) -> str:
        if raw.isascii() and (not self.extensions or b"\x1b" not in raw):
            return raw.decode("ascii")
        if self.codec is not None:
            return _decode_single(raw, self.codec)
        if not self.extensions and self.initial is None:
            return _decode_undeclared(raw)
        return self._decode_extended(raw, _PERSON_NAME_ENDS if vr == "PN" else _VALUE_ENDS)

    def _decode_extended(self, raw: bytes, ends: frozenset[int]) -> str:
        low: _Set | None = None
        high = self.initial
        parts: list[str] = []
        pieces = _ESCAPE.split(raw)
        for number, piece in enumerate(pieces):
            if number & 1:
                designated = _BY_ESCAPE.get(b"$B" if piece == b"$@" else piece)
                if piece[:1] == b"(" or (designated is not None and designated.is_g0):
                    low = designated
                elif designated is not None:
                    high = designated
                continue
            runs = _SINGLE_RUNS if low is None else _DOUBLE_RUNS
            for run in runs.findall(piece):
                if run[0] >= 0x80:
                    parts.append(self._decode_high(run, high))
                elif low is not None and 0x21 <= run[0] <= 0x7E:
                    parts.append(_decode_double(run, low))
                else:
                    parts.append(run.decode("ascii"))
                    if not ends.isdisjoint(run):
                        low, high = None, self.initial
        return "".join(parts)

    def _decode_high(self, run: bytes, designated: _Set | None) -> str:
        """Read bytes above 7FH; a missing escape is forgiven."""
        for candidate in (designated, *self.extensions):
            if candidate is not None and not candidate.is_g0:
                return _decode_single(run, candidate.codec)
        return _decode_undeclared(run)

    def can_encode(self, text: str) -> bool:
        """Tell whether every character of `text` can be written."""
        if text.isascii():
            return True
        if self.codec is not None:
            return _fits(text, self.codec)
        sets = self._sets()
        return all(char.isascii() or any(_fits(char, one.codec) for one in sets) for char in text)

    def encode(self, text: str, vr: str = "LO") -> bytes:
        """Write a text; characters that no declared set holds become `?`."""
        if text.isascii():
            return text.encode("ascii")
        if self.codec is not None:
            return _encode_single(text, self.codec)
        if not self._sets():
            return text.encode("ascii", "replace")
        ends = _PERSON_NAME_ENDS if vr == "PN" else _VALUE_ENDS
        return self._encode_extended(text, ends)

    def _encode_extended(self, text: str, ends: frozenset[int]) -> bytes:
        low: _Set | None = None
        high = self.initial
        written = bytearray()
        for char in text:
            chosen = self._set_for(char, low, high)
            if chosen is None:
                if low is not None:
                    written += b"\x1b(B"
                    low = None
                written += char.encode("ascii", "replace")
                if ord(char) in ends:
                    high = self.initial
            elif chosen.is_g0:
                if low is not chosen:
                    written += b"\x1b" + chosen.escape
                    low = chosen
                written += _encode_one(char, chosen)
            else:
                if high is not chosen:
                    written += b"\x1b" + chosen.escape
                    high = chosen
                written += _encode_one(char, chosen)
        return bytes(written) + (b"\x1b(B" if low is not None else b"")

    def _sets(self) -> tuple[_Set, ...]:
        return self.extensions if self.initial is None else (self.initial, *self.extensions)

    def _set_for(self, char: str, low: _Set | None, high: _Set | None) -> _Set | None:
        """Choose among the declared sets, those now designated first; None: ASCII."""
        if char.isascii():
            return None
        for candidate in (low, high, *self._sets()):
            if candidate is not None and _fits(char, candidate.codec):
                return candidate
        return None


def _decode_undeclared(raw: bytes) -> str:
    try:
        return raw.decode("utf_8")
    except UnicodeDecodeError:
        return raw.decode("latin_1")


def _decode_single(raw: bytes, codec: str) -> str:
    return raw.decode(_NARROWED[codec][0] if codec in _NARROWED else codec, "replace")


def _encode_single(text: str, codec: str) -> bytes:
    if codec in _NARROWED:
        text = "".join(char if _fits(char, codec) else "?" for char in text)
        codec = _NARROWED[codec][0]
    return text.encode(codec, "replace")


def _decode_double(run: bytes, designated: _Set) -> str:
    high = run.translate(_SET_HIGH_BIT)
    if designated.codec == "jisx0212":
        high = b"".join(b"\x8f" + high[at : at + 2] for at in range(0, len(high), 2))
    return high.decode("euc_jp", "replace")


def _encode_one(char: str, chosen: _Set) -> bytes:
    if chosen.codec not in _NARROWED:
        return char.encode(chosen.codec)
    encoded = char.encode(_NARROWED[chosen.codec][0])
    return encoded[-2:].translate(_DROP_HIGH_BIT) if chosen.is_g0 else encoded


def _fits(text: str, codec: str) -> bool:
    try:
        if codec in _NARROWED:
            wide, is_ours = _NARROWED[codec]
            return all(char.isascii() or is_ours(char.encode(wide)) for char in text)
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


DEFAULT_CHARACTER_SET: Final = CharacterSet(None)
"""ISO-IR 6 (ASCII), when nothing is declared."""

UTF_8_TERM: Final = "ISO_IR 192"


@lru_cache(maxsize=256)
def character_set(declared: str) -> CharacterSet:
    """Return what a Specific Character Set declares.

    Args:
        declared: the whole value, its terms parted by backslashes. Spellings such
            as `ISO-IR 100` and terms without `2022` beside others are understood;
            unknown terms count as undeclared.
    """
    numbers = [_number_of(term) for term in declared.split("\\")]
    first = numbers[0]
    if first in _WHOLE:
        return CharacterSet(_WHOLE[first])
    later = tuple(_SETS[number] for number in numbers[1:] if number in _SETS)
    only = _SETS.get(first)
    if not later and only is not None and "2022" not in declared:
        return CharacterSet(only.codec)
    if only is not None and only.is_g0:
        return CharacterSet(None, None, (only, *later))
    if only is None and not later:
        for number in numbers[1:]:
            if number in _WHOLE:
                return CharacterSet(_WHOLE[number])
        return DEFAULT_CHARACTER_SET
    return CharacterSet(None, only, later or ((only,) if only is not None else ()))


def character_set_for(texts: Iterable[str], preferred: str) -> str:
    """Choose the Specific Character Set for `texts`.

    Returns "" when all is ASCII, `preferred` when it can write everything,
    else "ISO_IR 192".
    """
    beyond = [text for text in texts if not text.isascii()]
    if not beyond:
        return ""
    wanted = character_set(preferred)
    return preferred if all(wanted.can_encode(text) for text in beyond) else UTF_8_TERM
