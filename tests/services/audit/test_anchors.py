"""Anchors: signed heads, a file for each month."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sonarium.index.audit import Link
from sonarium.services.audit.anchors import AnchorFolder, AnchorsUnwritable, anchor_of

KEY = Ed25519PrivateKey.generate()
AT = datetime(2030, 1, 31, 23, 59, tzinfo=UTC)


def test_what_was_written_is_read_in_order(tmp_path: Path) -> None:
    folder = AnchorFolder(tmp_path / "anchors")
    assert folder.all() == []
    written = [
        anchor_of(Link(number, number, b"h"), AT.replace(month=month), KEY)
        for number, month in ((1, 1), (2, 1), (3, 3))
    ]
    for anchor in written:
        folder.append(anchor)
    assert folder.all() == written
    assert {path.name for path in (tmp_path / "anchors").iterdir()} == {
        "2030-01.anchors", "2030-03.anchors",
    }  # fmt: skip


def test_a_signature_covers_everything() -> None:
    anchor = anchor_of(Link(1, 1, b"h"), AT, KEY)
    public = KEY.public_key()
    assert anchor.is_signed_by(public)
    assert not anchor.is_signed_by(Ed25519PrivateKey.generate().public_key())
    changes = ({"sequence": 2}, {"hash": "00"}, {"at": AT.replace(year=2031)}, {"signature": "zz"})
    for change in changes:
        assert not replace(anchor, **change).is_signed_by(public)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AnchorsUnwritable):
        AnchorFolder(tmp_path / "file").append(anchor_of(Link(1, 1, b"h"), AT, KEY))
