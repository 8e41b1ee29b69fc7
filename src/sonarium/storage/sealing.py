"""The bytes of a sealed blob; encoding only, no files. ADR 0020 has the reasons.

    header | box | piece | piece | …

The header names the key of the group and carries the blob's own key, wrapped by it. The box holds
what may be linked to a patient: SHA-256 and length of the body, and the head. The body is cut
into pieces, each sealed (AES-256-GCM) under its number; the length in the box says how many there
are. So a piece that was cut off, moved, or taken from another blob does not open.
"""

import os
import struct
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sonarium.storage.errors import BlobDamaged

MAGIC: Final = b"SONASEA1"
KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 16
TAG_BYTES: Final = 16
PIECE_BYTES: Final = 64 * 1024
SEALED_PIECE_BYTES: Final = PIECE_BYTES + TAG_BYTES
_NONCE_BYTES: Final = 12
_WRAPPED_BYTES: Final = _NONCE_BYTES + KEY_BYTES + TAG_BYTES
_HEADER: Final = struct.Struct(f"<8s{KEY_ID_BYTES}s{_WRAPPED_BYTES}s")
# magic (with it the version of all this), id of the group's key, the blob's key wrapped by it
_NAMED: Final = len(MAGIC) + KEY_ID_BYTES
_BOX: Final = struct.Struct("<32sQ")  # SHA-256 and length of the body; the head follows
HEADER_BYTES: Final = _HEADER.size
OVERHEAD_BYTES: Final = HEADER_BYTES + _BOX.size + TAG_BYTES
"""How much longer header and box are than the head inside."""
_BOX_NONCE: Final = b"\xff" * _NONCE_BYTES
"""No piece has this number: 2^96 - 1."""


@dataclass(frozen=True, slots=True)
class Body:
    """What the box tells of the body."""

    sha256: bytes
    length: int


@dataclass(frozen=True, slots=True)
class BlobCipher:
    """Seals and opens one blob; its key is used for nothing else, so numbers serve as nonces."""

    key: bytes = field(repr=False)
    aead: AESGCM = field(repr=False)

    @classmethod
    def of(cls, key: bytes) -> Self:
        """Take the key of a blob."""
        return cls(key, AESGCM(key))

    @classmethod
    def make(cls) -> Self:
        """Begin a blob."""
        return cls.of(os.urandom(KEY_BYTES))

    def seal(self, piece: bytes | bytearray | memoryview, number: int) -> bytes:
        """Seal a piece of the body."""
        return self.aead.encrypt(_nonce(number), piece, None)

    def seal_into(self, sealed: memoryview, piece: memoryview, number: int) -> None:
        """Seal a piece of the body into memory that is `TAG_BYTES` longer."""
        self.aead.encrypt_into(_nonce(number), piece, None, sealed)

    def open(self, sealed: bytes | memoryview, number: int) -> bytes:
        """Open a piece of the body.

        Raises:
            BlobDamaged: it is not what was sealed as this piece of this blob.
        """
        try:
            return self.aead.decrypt(_nonce(number), sealed, None)
        except (InvalidTag, ValueError) as error:
            raise BlobDamaged("a piece of the blob is not what was sealed") from error

    def open_into(self, sealed: memoryview, number: int, plain: memoryview) -> None:
        """Open a piece of the body where it is wanted.

        Raises:
            BlobDamaged: as `open`.
        """
        try:
            self.aead.decrypt_into(_nonce(number), sealed, None, plain)
        except (InvalidTag, ValueError) as error:
            raise BlobDamaged("a piece of the blob is not what was sealed") from error


def write_front(
    cipher: BlobCipher, group_key: bytes, key_id: bytes, body: Body, head: bytes
) -> bytes:
    """Write header and box."""
    named = MAGIC + key_id
    nonce = os.urandom(_NONCE_BYTES)
    wrapped = nonce + AESGCM(group_key).encrypt(nonce, cipher.key, named)
    header = named + wrapped
    return header + cipher.aead.encrypt(
        _BOX_NONCE, _BOX.pack(body.sha256, body.length) + head, header
    )


def is_sealed(front: bytes) -> bool:
    """Tell whether a blob that begins so was sealed."""
    return front.startswith(MAGIC)


def key_id_of(header: bytes) -> bytes:
    """Return the id of the group's key.

    Raises:
        BlobDamaged: no header is here.
    """
    if len(header) < HEADER_BYTES or not is_sealed(header):
        raise BlobDamaged("the blob does not begin as a sealed one does")
    return header[len(MAGIC) : _NAMED]


def read_header(header: bytes, group_key: bytes) -> BlobCipher:
    """Unwrap the key of a blob.

    Raises:
        BlobDamaged: it was changed.
    """
    _, _, wrapped = _HEADER.unpack(header[:HEADER_BYTES])
    try:
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        return BlobCipher.of(AESGCM(group_key).decrypt(nonce, sealed, header[:_NAMED]))
    except InvalidTag as error:
        raise BlobDamaged("the header of the blob is not what was written") from error


def read_box(cipher: BlobCipher, front: bytes) -> tuple[Body, bytes]:
    """Return what the box tells of the body, and the head.

    Raises:
        BlobDamaged: it was changed.
    """
    header, box = front[:HEADER_BYTES], front[HEADER_BYTES:]
    try:
        plain = cipher.aead.decrypt(_BOX_NONCE, box, header)
    except (InvalidTag, ValueError) as error:
        raise BlobDamaged("the head of the blob is not what was sealed") from error
    sha256, length = _BOX.unpack_from(plain)
    return Body(sha256, length), plain[_BOX.size :]


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE_BYTES, "big")
