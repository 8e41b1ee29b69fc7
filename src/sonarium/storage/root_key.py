"""The root key: the one secret that all others are wrapped by, and that a person keeps on paper."""

import hashlib
import os
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sonarium.storage.errors import KeysDamaged

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_ID_CHARACTERS: Final = 16
_ID_PURPOSE: Final = b"sonarium root key\0"


@dataclass(frozen=True, slots=True)
class RootKey:
    """A key that wraps keys (AES-256-GCM); its id follows from it and tells nothing of it."""

    key_id: str
    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, secret: bytes) -> Self:
        """Take a key by its bytes."""
        return cls(hashlib.sha256(_ID_PURPOSE + secret).hexdigest()[:_ID_CHARACTERS], secret)

    @classmethod
    def make(cls) -> Self:
        """Make a key that nobody had before."""
        return cls.of(os.urandom(KEY_BYTES))

    def wrap(self, secret: bytes, purpose: bytes) -> bytes:
        """Seal another key; only who names the same purpose unwraps it."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, secret, purpose)

    def unwrap(self, wrapped: bytes, purpose: bytes) -> bytes:
        """Open what `wrap` sealed.

        Raises:
            KeysDamaged: it was sealed by another key, for another purpose, or was changed.
        """
        try:
            nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
            return AESGCM(self.secret).decrypt(nonce, sealed, purpose)
        except (InvalidTag, ValueError) as error:
            raise KeysDamaged("the root key does not open what it should have wrapped") from error
