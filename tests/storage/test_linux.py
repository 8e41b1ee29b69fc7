"""System calls that Python lacks."""

import os
from pathlib import Path

import pytest

from sonarium.storage.linux import punch_hole, start_write_back, wait_for_write_back


def test_a_hole_reads_as_zeros_and_gives_space_back(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 1_000_000)
    fd = os.open(path, os.O_RDWR)
    os.fsync(fd)
    before = path.stat().st_blocks
    punch_hole(fd, 4096, 900_000)
    os.close(fd)
    content = path.read_bytes()
    assert content == b"x" * 4096 + bytes(900_000) + b"x" * 95_904
    assert path.stat().st_blocks < before - 1500


def test_write_back_takes_any_range(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "file", os.O_CREAT | os.O_RDWR)
    os.write(fd, bytes(100_000))
    start_write_back(fd, 0, 50_000)
    wait_for_write_back(fd, 0, 200_000)
    os.close(fd)


def test_errors_carry_their_number() -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        start_write_back(-1, 0, 1)
