"""Facts about transfer syntaxes and SOP classes (PS3.6 Annex A)."""

from dataclasses import dataclass
from typing import Final

from pydicom._uid_dict import UID_dictionary

IMPLICIT_VR_LITTLE_ENDIAN: Final = "1.2.840.10008.1.2"
EXPLICIT_VR_LITTLE_ENDIAN: Final = "1.2.840.10008.1.2.1"
ENCAPSULATED_UNCOMPRESSED: Final = "1.2.840.10008.1.2.1.98"
DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN: Final = "1.2.840.10008.1.2.1.99"
EXPLICIT_VR_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
JPEG_BASELINE: Final = "1.2.840.10008.1.2.4.50"
JPEG_EXTENDED: Final = "1.2.840.10008.1.2.4.51"
JPEG_LOSSLESS: Final = "1.2.840.10008.1.2.4.57"
JPEG_LOSSLESS_SV1: Final = "1.2.840.10008.1.2.4.70"
JPEG_LS_LOSSLESS: Final = "1.2.840.10008.1.2.4.80"
JPEG_LS_NEAR_LOSSLESS: Final = "1.2.840.10008.1.2.4.81"
JPEG_2000_LOSSLESS: Final = "1.2.840.10008.1.2.4.90"
JPEG_2000: Final = "1.2.840.10008.1.2.4.91"
HTJ2K_LOSSLESS: Final = "1.2.840.10008.1.2.4.201"
HTJ2K_LOSSLESS_RPCL: Final = "1.2.840.10008.1.2.4.202"
HTJ2K: Final = "1.2.840.10008.1.2.4.203"
RLE_LOSSLESS: Final = "1.2.840.10008.1.2.5"


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
    """One stream holds all frames, in one fragment or in several."""
    is_lossy: bool = False
    """The syntax always loses information; False where it may be lossless."""
    is_known: bool = True


_GE_PRIVATE_IMPLICIT = "1.2.840.113619.5.2"  # in the field since the 1990s
_IMPLICIT = {
    IMPLICIT_VR_LITTLE_ENDIAN,
    "1.2.840.10008.1.20",  # Papyrus 3, retired
    _GE_PRIVATE_IMPLICIT,
}
_DEFLATED = {
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    "1.2.840.10008.1.2.4.95",  # JPIP Referenced Deflate
    "1.2.840.10008.1.2.4.205",  # JPIP HTJ2K Referenced Deflate
}
_NATIVE = {
    *_IMPLICIT,
    *_DEFLATED,
    EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    "1.2.840.10008.1.2.4.94",  # JPIP Referenced: the pixels are elsewhere
    "1.2.840.10008.1.2.4.204",
    "1.2.840.10008.1.2.6.1",
    "1.2.840.10008.1.2.6.2",
    "1.2.840.10008.1.2.7.1",
    "1.2.840.10008.1.2.7.2",
    "1.2.840.10008.1.2.7.3",
}
_VIDEO = {
    f"1.2.840.10008.1.2.4.{number}{fragmentable}"
    for number in range(100, 109)
    for fragmentable in ("", ".1")
}
_LOSSY = {
    *(f"1.2.840.10008.1.2.4.{process}" for process in (50, 51, 52, 53, 54, 55, 56)),
    *(f"1.2.840.10008.1.2.4.{process}" for process in (59, 60, 61, 62, 63, 64)),
    JPEG_LS_NEAR_LOSSLESS,
    *_VIDEO,
}
_BESIDE_DICTIONARY = {
    "1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
    "1.2.840.10008.1.2.4.111": "JPEG XL JPEG Recompression",
    "1.2.840.10008.1.2.4.112": "JPEG XL",
    "1.2.840.10008.1.2.8.1": "Deflated Image Frame Compression",
    _GE_PRIVATE_IMPLICIT: "GE Private Implicit VR Little Endian with Big Endian Pixel Data",
}


def _facts(uid: str, name: str) -> TransferSyntax:
    return TransferSyntax(
        uid=uid,
        name=name,
        is_implicit=uid in _IMPLICIT,
        is_big_endian=uid == EXPLICIT_VR_BIG_ENDIAN,
        is_deflated=uid in _DEFLATED,
        is_encapsulated=uid not in _NATIVE,
        is_video=uid in _VIDEO,
        is_lossy=uid in _LOSSY,
    )


TRANSFER_SYNTAXES: dict[str, TransferSyntax] = {
    uid: _facts(uid, name)
    for uid, name in (
        *((uid, entry[0]) for uid, entry in UID_dictionary.items() if entry[1].startswith("Tran")),
        *_BESIDE_DICTIONARY.items(),
    )
}
"""Every registered transfer syntax, and one that is widespread, by its UID."""


def transfer_syntax(uid: str) -> TransferSyntax:
    """Return the facts of `uid`.

    An unknown (private) syntax is taken for Explicit VR Little Endian with
    encapsulated Pixel Data, as PS3.5 A.4 makes every compressed syntax.
    """
    known = TRANSFER_SYNTAXES.get(uid)
    if known is not None:
        return known
    return TransferSyntax(uid, "Unknown Transfer Syntax", is_encapsulated=True, is_known=False)


NON_PATIENT_STORAGE_SOP_CLASSES: frozenset[str] = frozenset(
    {
        "1.2.840.10008.5.1.4.38.1",  # Hanging Protocol Storage
        "1.2.840.10008.5.1.4.39.1",  # Color Palette Storage
        "1.2.840.10008.5.1.4.43.1",  # Generic Implant Template Storage
        "1.2.840.10008.5.1.4.44.1",  # Implant Assembly Template Storage
        "1.2.840.10008.5.1.4.45.1",  # Implant Template Group Storage
        "1.2.840.10008.5.1.4.1.1.200.1",  # CT Defined Procedure Protocol Storage
        "1.2.840.10008.5.1.4.1.1.200.3",  # Protocol Approval Storage
        "1.2.840.10008.5.1.4.1.1.200.7",  # XA Defined Procedure Protocol Storage
        "1.2.840.10008.5.1.4.1.1.201.1",  # Inventory Storage
    }
)
"""Objects that belong to no patient and no study (PS3.4 GG.3)."""

STORAGE_SOP_CLASSES: frozenset[str] = (
    frozenset(
        uid
        for uid, (name, kind, *_) in UID_dictionary.items()
        if kind == "SOP Class"
        and (
            (uid.startswith("1.2.840.10008.5.1.4.1.1.") and ("Storage" in name or not name))
            or (
                uid.startswith(("1.2.840.10008.5.1.4.34.", "1.2.840.10008.5.1.1."))
                and "Stora" in name
            )
        )
    )
    - NON_PATIENT_STORAGE_SOP_CLASSES
)
"""Every storage SOP class of PS3.4 B.5 with a patient, retired ones included."""


def uid_name(uid: str) -> str:
    """Return the registered name of a UID, or the UID itself."""
    syntax = TRANSFER_SYNTAXES.get(uid)
    if syntax is not None:
        return syntax.name
    entry = UID_dictionary.get(uid)
    return entry[0] or uid if entry is not None else uid
