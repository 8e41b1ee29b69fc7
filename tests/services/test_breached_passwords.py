import hashlib
import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.services.breached_passwords import (
    DIGEST_BYTES,
    BreachedListUnusable,
    is_common,
    is_listed,
    normalized,
    pack,
)


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest().upper()


def written(folder: Path, passwords: list[str], ending: str = ":7\r\n") -> Path:
    file = folder / "list.txt"
    file.write_bytes("".join(sorted(f"{sha1(one)}{ending}" for one in passwords)).encode())
    return file


@pytest.mark.parametrize("password", ["1qaz2wsx3edc", "QwertyQwerty", "leavemealone"])
def test_long_passwords_that_leaked_are_known(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize("password", ["lamp otter violin thursday", "", "password"])
def test_others_are_not(password: str) -> None:
    assert not is_common(password)


def test_a_packed_list_is_sorted_digests_of_the_long_ones() -> None:
    packed = pack(["short", "Correct Horse Battery", "correct horse battery", "another long one"])
    digests = [packed[at : at + DIGEST_BYTES] for at in range(0, len(packed), DIGEST_BYTES)]
    assert digests == sorted(digests)
    assert len(digests) == 2


def test_one_password_however_it_was_typed() -> None:
    assert normalized("Zu\u0308rich am See \ufb01") == normalized("Zürich am See fi")


@given(passwords=st.sets(st.text(max_size=20), max_size=40), other=st.text(max_size=20))
def test_a_sites_own_list_has_what_it_has_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, passwords: set[str], other: str
) -> None:
    listed = {normalized(one) for one in passwords}
    folder = tmp_path_factory.mktemp("list")
    for ending in (":7\r\n", "\n", ":123456789\n"):
        file = written(folder, sorted(listed), ending)
        assert all(is_listed(one, file) for one in passwords)
        assert is_listed(other, file) == (normalized(other) in listed)


def test_a_last_line_without_an_end_counts(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text("\n".join(sorted(map(sha1, "abc"))))
    assert all(is_listed(one, file) for one in "abc")
    assert not is_listed("d", file)


def test_a_large_list_is_searched_where_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "list"
    with file.open("wb") as out:
        for first in range(0x10000):
            out.write(b"%04X%036d:1\r\n" * 16 % tuple(n for x in range(16) for n in (first, x)))
    assert file.stat().st_size > 40_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not is_listed("lamp otter violin thursday", file)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000


@pytest.mark.parametrize("content", [b"password\nhunter2\n", b"\x00" * 5000, b"\n\n\n"])
def test_another_kind_of_file_is_refused_and_not_passed_over(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "list"
    file.write_bytes(content)
    with pytest.raises(BreachedListUnusable, match="breached_list"):
        is_listed("lamp otter violin thursday", file)


def test_a_list_that_is_missing_is_said_so_and_an_empty_one_has_nothing(tmp_path: Path) -> None:
    with pytest.raises(BreachedListUnusable, match="cannot be read"):
        is_listed("x", tmp_path / "missing")
    (tmp_path / "empty").touch()
    assert not is_listed("x", tmp_path / "empty")
