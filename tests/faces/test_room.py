"""Whether an answer may be handed over whole."""

import os
import threading
from pathlib import Path

import pytest

from sonarium.faces.room import Room, give_back

PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


@pytest.fixture(autouse=True)
def _nothing_is_given_back_behind_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that gives memory back would change what the next test measures."""
    monkeypatch.setattr("sonarium.faces.room.give_back", lambda: None)


def test_there_is_room_while_the_process_is_smaller_than_that() -> None:
    assert Room(2**40).has_room()
    assert not Room(2**20).has_room()


def test_what_the_process_holds_counts() -> None:
    room = Room(resident() + 20_000 * PAGE)
    assert room.has_room()
    held = b"x" * (40_000 * PAGE)
    assert not room.has_room()
    del held
    assert room.has_room()


def test_a_process_that_is_large_gives_back_what_was_freed_but_not_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_back = threading.Semaphore(0)
    monkeypatch.setattr("sonarium.faces.room.give_back", given_back.release)
    room = Room(2**20)
    assert not any(room.has_room() for _ in range(5))
    assert given_back.acquire(timeout=10)
    assert not given_back.acquire(timeout=0.05)


def test_freed_memory_is_given_back() -> None:
    pieces = [b"x" * (100_000 + n) for n in range(2000)]  # below what the C library maps by itself
    kept = pieces[-1]
    full = resident()
    del pieces
    give_back()
    assert resident() < full - 150_000_000
    assert kept


def test_where_nobody_can_say_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object) -> bytes:
        raise FileNotFoundError

    monkeypatch.setattr(os, "pread", nowhere)
    assert not Room(2**40).has_room()
