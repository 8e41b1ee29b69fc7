"""Small synthetic objects for the services' tests."""

import struct

EXPLICIT = "1.2.840.10008.1.2.1"
US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"


def element(tag: int, vr: str, value: bytes | str) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    if len(raw) % 2:
        raw += b"\0" if vr == "UI" else b" "
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    if vr in {"OB", "OW", "UN", "SQ", "UT"}:
        return head + struct.pack("<HI", 0, len(raw)) + raw
    return head + struct.pack("<H", len(raw)) + raw


def still(
    number: int,
    *,
    study: int = 1,
    series: int = 1,
    patient_id: str = "SYNTHETIC-1",
    pixels: bytes = b"\x80" * 64,
    sop_class_uid: str = US_IMAGE,
    without: frozenset[int] = frozenset(),
) -> bytes:
    """A synthetic still in Explicit VR Little Endian."""
    elements: dict[int, tuple[str, bytes | str]] = {
        0x00080016: ("UI", sop_class_uid),
        0x00080018: ("UI", instance_uid(number)),
        0x00080020: ("DA", "20250102"),
        0x00080060: ("CS", "US"),
        0x00100010: ("PN", "SYNTHETIC^STILL"),
        0x00100020: ("LO", patient_id),
        0x0020000D: ("UI", f"2.25.1000{study}"),
        0x0020000E: ("UI", f"2.25.2000{series}"),
        0x00200013: ("IS", str(number)),
        0x00280002: ("US", struct.pack("<H", 1)),
        0x00280004: ("CS", "MONOCHROME2"),
        0x00280010: ("US", struct.pack("<H", 8)),
        0x00280011: ("US", struct.pack("<H", min(65535, len(pixels) // 8))),
        0x00280100: ("US", struct.pack("<H", 8)),
        0x00280101: ("US", struct.pack("<H", 8)),
        0x00280102: ("US", struct.pack("<H", 7)),
        0x00280103: ("US", struct.pack("<H", 0)),
        0x7FE00010: ("OB", pixels),
    }
    return b"".join(
        element(tag, vr, value) for tag, (vr, value) in elements.items() if tag not in without
    )


def instance_uid(number: int) -> str:
    return f"2.25.3000{number}"
