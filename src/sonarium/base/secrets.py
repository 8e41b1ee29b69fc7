"""Random secrets that we give out once and keep only as a digest.

256 random bits need no slow hash: nobody can try them all.
"""

import hashlib
import secrets


def new_secret() -> str:
    """Return 256 random bits, as text that may stand in an address."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    """Return what is kept of a secret (SHA-256)."""
    return hashlib.sha256(secret.encode()).digest()
