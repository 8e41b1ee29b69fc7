"""DICOM files whose preamble makes another kind of file of them (CVE-2019-11687)."""

PREAMBLES = {
    "pe": b"MZ\x90\x00" + bytes(56) + b"\x80\x00\x00\x00" + b"PE\x00\x00",
    "elf": b"\x7fELF\x02\x01\x01" + b"\x90" * 40,
    "html": b"<!doctype html><script>alert(document.domain)</script>",
    "zip": b"PK\x03\x04\x14\x00" + b"x" * 30,
    "shell": b"#!/bin/sh\nid\nexit\n",
}


def with_preamble(file: bytes, name: str) -> bytes:
    """Return a Part 10 file with another preamble."""
    assert file[128:132] == b"DICM"
    return PREAMBLES[name].ljust(128, b"\0")[:128] + file[128:]
