"""Wrapped keys beside the blobs: kept, found, replaced and destroyed."""

import os
from pathlib import Path

import pytest

from sonarium.storage.errors import KeysDamaged
from sonarium.storage.key_files import KeyFiles


@pytest.fixture
def files(tmp_path: Path) -> KeyFiles:
    return KeyFiles(tmp_path / "study-keys")


def test_a_key_is_found_replaced_and_destroyed(files: KeyFiles) -> None:
    assert files.is_empty
    one, other = os.urandom(16), os.urandom(16)
    files.write(one, "root", b"wrapped")
    files.write(other, "root", b"more")
    files.write(one, "later", b"again")
    assert files.find(one) == ("later", b"again")
    assert set(files.iter_ids()) == {one, other}
    assert files.count_by_root() == {"root": 1, "later": 1}
    files.destroy(one)
    files.destroy(one)
    assert files.find(one) is None
    assert files.find(other) == ("root", b"more")
    assert not files.is_empty


def test_a_damaged_file_is_named(files: KeyFiles, tmp_path: Path) -> None:
    key_id = os.urandom(16)
    files.write(key_id, "root", b"wrapped")
    (path,) = (tmp_path / "study-keys").rglob(key_id.hex())
    path.write_text("nonsense")
    with pytest.raises(KeysDamaged, match=key_id.hex()):
        files.find(key_id)
