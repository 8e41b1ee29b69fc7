"""The key that the blobs of one study share, as it is kept: wrapped by a root key."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A key that only its root key opens; destroy it, and what it sealed is gone."""

    key_id: bytes
    root_key_id: str
    wrapped: bytes = field(repr=False)
