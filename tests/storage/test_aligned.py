"""Writing past the page cache."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from sonarium.storage.aligned import AlignedWriter, open_past_cache
from sonarium.storage.records import BLOCK_BYTES

MIB = 2**20
FLAGS = os.O_CREAT | os.O_EXCL | os.O_RDWR
HEAD = b"H" * BLOCK_BYTES


def write(path: Path, body: bytes, step: int) -> None:
    fd = open_past_cache(path, FLAGS)
    digest = hashlib.sha256()
    writer = AlignedWriter(fd, BLOCK_BYTES, digest)
    for start in range(0, len(body), step):
        writer.add(memoryview(body)[start : start + step])
    assert writer.finish() == BLOCK_BYTES + len(body)
    assert digest.digest() == hashlib.sha256(body).digest()
    writer.put(HEAD, 0)
    writer.close()
    os.close(fd)


@pytest.mark.parametrize(
    "length",
    [1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, MIB - 1, MIB, MIB + 1, 3 * MIB + 5],
)
@pytest.mark.parametrize("step", [1021, 128 * 1024, 5 * MIB])
def test_a_file_holds_what_was_written_and_nothing_else(
    tmp_path: Path, length: int, step: int
) -> None:
    body = os.urandom(length)
    write(tmp_path / "blob", body, step)
    assert (tmp_path / "blob").read_bytes() == HEAD + body


def test_where_the_file_system_wants_its_cache_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refusing(path: Path, flags: int, mode: int) -> int:
        fd = real(path, flags & ~os.O_DIRECT, mode)
        if flags & os.O_DIRECT:
            os.close(fd)
            raise OSError(errno.EINVAL, "not here")
        return fd

    body = os.urandom(MIB + 7)
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refusing)
        write(tmp_path / "blob", body, 65_536)
    assert (tmp_path / "blob").read_bytes() == HEAD + body


def test_any_other_refusal_is_raised(tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(b"")
    with pytest.raises(FileExistsError):
        open_past_cache(tmp_path / "blob", FLAGS)


def test_short_writes_go_on_where_they_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.pwritev

    def short(fd: int, buffers: list[memoryview], offset: int) -> int:
        return real(fd, [buffers[0][:BLOCK_BYTES]], offset)

    body = os.urandom(MIB + 7)
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwritev", short)
        write(tmp_path / "blob", body, 65_536)
    assert (tmp_path / "blob").read_bytes() == HEAD + body


def test_the_first_byte_must_begin_a_block() -> None:
    with pytest.raises(ValueError, match="block"):
        AlignedWriter(0, 100, hashlib.sha256())
