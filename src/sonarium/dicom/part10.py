"""Part 10 files: where the data set begins, and the meta information before it (PS3.10 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NoReturn

from sonarium.base.identifiers import (
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION_NAME,
    is_usable_uid,
)
from sonarium.dicom.element import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    HEAD_VRS,
    IMPLICIT_LITTLE,
    ITEM,
    UNDEFINED_LENGTH,
    Encoding,
    explicit_length_form,
)
from sonarium.dicom.errors import IncompletePrefix, MalformedDataSet
from sonarium.dicom.uids import (
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

PREFIX_BYTES: Final = 64 * 1024
"""A prefix of this size (or the whole file) is always enough for `split_part10`."""

MAGIC: Final = b"DICM"
LARGEST_FIRST_VALUE: Final = 0x4000

_META_FIELDS: Final = {
    0x00020002: "media_storage_sop_class_uid",
    0x00020003: "media_storage_sop_instance_uid",
    0x00020010: "transfer_syntax_uid",
    0x00020012: "implementation_class_uid",
    0x00020013: "implementation_version_name",
    0x00020016: "source_ae_title",
    0x00020017: "sending_ae_title",
    0x00020018: "receiving_ae_title",
    0x00020100: "private_information_creator_uid",
}
_PRIVATE_INFORMATION: Final = 0x00020102


_UNCOMPRESSED: Final[Mapping[str, Encoding]] = {
    EXPLICIT_VR_LITTLE_ENDIAN: EXPLICIT_LITTLE,
    EXPLICIT_VR_BIG_ENDIAN: EXPLICIT_BIG,
    IMPLICIT_VR_LITTLE_ENDIAN: IMPLICIT_LITTLE,
}
"""In the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class FileMeta:
    """File Meta Information (PS3.10 7.1) as found; empty where absent."""

    media_storage_sop_class_uid: str = ""
    media_storage_sop_instance_uid: str = ""
    transfer_syntax_uid: str = ""
    implementation_class_uid: str = ""
    implementation_version_name: str = ""
    source_ae_title: str = ""
    sending_ae_title: str = ""
    receiving_ae_title: str = ""
    private_information_creator_uid: str = ""
    private_information: bytes = b""


@dataclass(frozen=True, slots=True)
class Part10Start:
    """How a file begins."""

    meta: FileMeta
    data_set_offset: int
    transfer_syntax_uid: str
    """From the meta information, else guessed from the first elements."""
    is_guessed: bool
    """The transfer syntax was not declared, or another one than the data set shows."""
    preamble: bytes
    """128 bytes, or none; never send them on (they may be another file type)."""


def split_part10(prefix: bytes | memoryview) -> Part10Start:
    """Find where the data set of a file begins.

    Takes files without a preamble, without meta information, or with meta
    information in implicit VR, without a group length or with a wrong one. Where
    no transfer syntax is declared, the first elements must leave no doubt. Where they
    contradict an uncompressed one that is declared, they are believed: some converters
    write a data set anew and leave its meta information as it was.

    Args:
        prefix: the first `PREFIX_BYTES` of the file, or all of it.

    Raises:
        IncompletePrefix: the meta information is longer than `prefix`.
        MalformedDataSet: this is no DICOM file.
    """
    prefix = bytes(prefix[:PREFIX_BYTES])
    for start, preamble in ((132, prefix[:128]), (4, b""), (0, b"")):
        has_magic = start == 0 or prefix[start - 4 : start] == MAGIC
        if has_magic and prefix[start : start + 2] == b"\x02\0" and len(prefix) > start + 8:
            values, offset = _read_meta(prefix, start)
            return _start_of(prefix, preamble, values, offset)
    if guess_transfer_syntax(prefix) is not None:
        return _start_of(prefix, b"", {}, 0)
    if prefix[128:132] == MAGIC:
        return _start_of(prefix, prefix[:128], {}, 132)
    raise MalformedDataSet("this is not a DICOM file")


def _start_of(prefix: bytes, preamble: bytes, values: dict[int, bytes], offset: int) -> Part10Start:
    texts = {
        name: values.get(tag, b"").decode("ascii", "replace").strip(" \0")
        for tag, name in _META_FIELDS.items()
    }
    meta = FileMeta(**texts, private_information=values.get(_PRIVATE_INFORMATION, b""))
    declared = meta.transfer_syntax_uid
    head = prefix[offset:]
    if declared in _UNCOMPRESSED and not _begins_like(head, _UNCOMPRESSED[declared]):
        shown = guess_transfer_syntax(head)
        if shown is not None:
            return Part10Start(meta, offset, shown, True, preamble)
    if is_usable_uid(declared):
        return Part10Start(meta, offset, declared, False, preamble)
    guessed = guess_transfer_syntax(head)
    if guessed is None:
        raise MalformedDataSet("the file declares no transfer syntax and shows none")
    return Part10Start(meta, offset, guessed, True, preamble)


def _read_meta(prefix: bytes, start: int) -> tuple[dict[int, bytes], int]:
    """Read the elements of group 0002; the group length is not trusted."""
    values: dict[int, bytes] = {}
    pos = start
    while True:
        if pos == len(prefix) >= _end_of_group(values, start):
            return values, pos
        if prefix[pos : pos + 2] not in {b"", b"\x02", b"\x02\0"}:
            return values, pos
        if pos + 8 > len(prefix):
            return _incomplete(pos + 8)
        group, number, length = IMPLICIT_LITTLE.implicit_head.unpack_from(prefix, pos)
        vr, value = prefix[pos + 4 : pos + 6], pos + 8
        if vr.isalpha():
            if explicit_length_form(vr) == 8:
                length = EXPLICIT_LITTLE.explicit_head.unpack_from(prefix, pos)[3]
            elif pos + 12 > len(prefix):
                return _incomplete(pos + 12)
            else:
                value = pos + 12
                length = EXPLICIT_LITTLE.length.unpack_from(prefix, pos + 8)[0]
        if value + length > len(prefix):
            return _incomplete(value + length)
        values.setdefault(group << 16 | number, prefix[value : value + length])
        pos = value + length


def _end_of_group(values: dict[int, bytes], start: int) -> int:
    """Return where the group ends by its own account (PS3.10 7.1); 0 when it gives none."""
    length = values.get(0x00020000, b"")
    if len(length) != 4:
        return 0
    return (
        start + EXPLICIT_LITTLE.explicit_head.size + len(length) + int.from_bytes(length, "little")
    )


def _incomplete(needed: int) -> NoReturn:
    if needed > PREFIX_BYTES:
        raise MalformedDataSet("the File Meta Information is too long or corrupt")
    raise IncompletePrefix(needed)


def guess_transfer_syntax(head: bytes) -> str | None:
    """Tell the byte order and VR style from the first elements of a data set.

    Returns None in doubt. Compressed and deflated syntaxes cannot be seen here.
    """
    for uid, encoding in _UNCOMPRESSED.items():
        if _begins_like(head, encoding):
            return uid
    return None


def _begins_like(head: bytes, encoding: Encoding) -> bool:
    """Tell whether the first two elements (as far as they lie in `head`) make sense."""
    pos, last = 0, 0
    for _ in range(2):
        if (pos == len(head) and last) or pos + 12 > len(head) > LARGEST_FIRST_VALUE:
            break
        if pos + 8 > len(head):
            return False
        group, number, length = encoding.implicit_head.unpack_from(head, pos)
        tag, value = group << 16 | number, pos + 8
        if not last < tag < 0x7FE10000 or (group > 0x0028 and not last):
            return False
        if encoding.is_explicit:
            vr = head[pos + 4 : pos + 6]
            if vr not in HEAD_VRS:
                return False
            if explicit_length_form(vr) == 8:
                length = encoding.explicit_head.unpack_from(head, pos)[3]
            elif pos + 12 > len(head):
                return False
            else:
                value, length = pos + 12, encoding.length.unpack_from(head, pos + 8)[0]
        if length == UNDEFINED_LENGTH:
            item = encoding.implicit_head.unpack_from(head.ljust(value + 8, b"\0"), value)
            return (item[0], item[1]) == (ITEM >> 16, ITEM & 0xFFFF)
        if length > LARGEST_FIRST_VALUE:
            return False
        pos, last = value + length, tag
    return True


def file_meta(
    *,
    sop_class_uid: str,
    sop_instance_uid: str,
    transfer_syntax_uid: str,
    source_ae_title: str = "",
    sending_ae_title: str = "",
    receiving_ae_title: str = "",
    private_information_creator_uid: str = "",
    private_information: bytes = b"",
) -> bytes:
    """Write a zero preamble, DICM and the File Meta Information of a file we make.

    `private_information` has an even length, and needs its creator (PS3.10 7.1).
    """
    values = (
        b"\x02\0\x01\0OB\0\0\x02\0\0\0\0\x01",
        _text_element(0x0002, b"UI", sop_class_uid),
        _text_element(0x0003, b"UI", sop_instance_uid),
        _text_element(0x0010, b"UI", transfer_syntax_uid),
        _text_element(0x0012, b"UI", IMPLEMENTATION_CLASS_UID),
        _text_element(0x0013, b"SH", IMPLEMENTATION_VERSION_NAME),
        _text_element(0x0016, b"AE", source_ae_title) if source_ae_title else b"",
        _text_element(0x0017, b"AE", sending_ae_title) if sending_ae_title else b"",
        _text_element(0x0018, b"AE", receiving_ae_title) if receiving_ae_title else b"",
        _private_information(private_information_creator_uid, private_information),
    )
    group = b"".join(values)
    return b"".join(
        (bytes(128), MAGIC, b"\x02\0\0\0UL\x04\0", len(group).to_bytes(4, "little"), group)
    )


def _private_information(creator_uid: str, value: bytes) -> bytes:
    if not creator_uid:
        return b""
    creator = _text_element(0x0100, b"UI", creator_uid)
    return creator + b"\x02\0\x02\1OB\0\0" + len(value).to_bytes(4, "little") + value


@lru_cache(maxsize=256)  # of one association's objects all but one say the same
def _text_element(number: int, vr: bytes, text: str) -> bytes:
    value = text.encode("ascii", "replace")
    if len(value) & 1:
        value += b"\0" if vr == b"UI" else b" "
    return EXPLICIT_LITTLE.explicit_head.pack(0x0002, number, vr, len(value)) + value
