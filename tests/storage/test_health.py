"""Trust in the disk."""

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest

from sonarium.storage.errors import OutOfSpace, StorageUnavailable
from sonarium.storage.health import DiskHealth

NEVER = timedelta(days=1)
AT_ONCE = timedelta(0)
BROKEN = OSError(errno.EIO, "broken")


def test_a_sound_disk_is_trusted(tmp_path: Path) -> None:
    health = DiskHealth(tmp_path, 0, AT_ONCE)
    health.check()
    health.require(1)
    assert health.free_bytes() > 0


def test_the_reserve_counts_as_used(tmp_path: Path) -> None:
    health = DiskHealth(tmp_path, 2**60, AT_ONCE)
    with pytest.raises(OutOfSpace):
        health.check()
    with pytest.raises(OutOfSpace):
        health.require(0)


def test_a_full_disk_is_no_broken_disk(tmp_path: Path) -> None:
    health = DiskHealth(tmp_path, 0, NEVER)
    assert isinstance(health.failed(OSError(errno.ENOSPC, "full")), OutOfSpace)
    assert isinstance(health.failed(OSError(errno.EDQUOT, "quota")), OutOfSpace)
    health.require(1)


def test_a_broken_disk_is_left_alone_for_the_interval(tmp_path: Path) -> None:
    health = DiskHealth(tmp_path, 0, NEVER)
    assert type(health.failed(BROKEN)) is StorageUnavailable
    for refuse in (health.check, lambda: health.require(1)):
        with pytest.raises(StorageUnavailable):
            refuse()


def test_a_probe_restores_trust(tmp_path: Path) -> None:
    health = DiskHealth(tmp_path, 0, AT_ONCE)
    health.failed(BROKEN)
    health.require(1)
    health.check()
    assert list(tmp_path.iterdir()) == []


def test_a_failed_probe_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: int) -> None:
        raise BROKEN

    health = DiskHealth(tmp_path, 0, AT_ONCE)
    health.failed(BROKEN)
    monkeypatch.setattr(os, "fsync", broken)
    for _ in range(3):
        with pytest.raises(StorageUnavailable):
            health.require(1)
    monkeypatch.undo()
    health.require(1)


def test_a_folder_that_is_gone_is_a_failure(tmp_path: Path) -> None:
    health = DiskHealth(tmp_path / "missing", 0, NEVER)
    with pytest.raises(StorageUnavailable):
        health.free_bytes()
