"""Facts about transfer syntaxes and SOP classes (PS3.6 Annex A)."""

from dataclasses import dataclass

IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2"
EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1.99"
EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2"


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """How a transfer syntax encodes (PS3.5 10 and Annex A)."""

    uid: str
    name: str
    is_implicit: bool = False
    is_big_endian: bool = False
    is_deflated: bool = False
    is_encapsulated: bool = False
    is_video: bool = False
    is_lossy: bool = False
    """The syntax always loses information; False where it may be lossless."""
    is_known: bool = True


def transfer_syntax(uid: str) -> TransferSyntax:
    """Return the facts of `uid`.

    An unknown (private) syntax is taken for Explicit VR Little Endian encapsulated.
    """
    raise NotImplementedError


STORAGE_SOP_CLASSES: frozenset[str] = frozenset()
"""Every storage SOP class of PS3.4 B.5, retired ones included."""


def uid_name(uid: str) -> str:
    """Return the registered name of a UID, or the UID itself."""
    raise NotImplementedError
