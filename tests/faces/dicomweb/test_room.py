"""Whether an answer may be handed over whole."""

import os

import pytest

from sonarium.faces.dicomweb import room
from sonarium.faces.dicomweb.room import has_room


def test_there_is_room_while_the_process_is_smaller_than_that() -> None:
    assert has_room(2**40)
    assert not has_room(2**20)


def test_what_the_process_holds_counts() -> None:
    pages = int(os.pread(room._statm(os.getpid()), 128, 0).split()[1])
    most = (pages + 20_000) * os.sysconf("SC_PAGE_SIZE")
    assert has_room(most)
    held = b"x" * (40_000 * os.sysconf("SC_PAGE_SIZE"))
    assert not has_room(most)
    assert held


def test_where_nobody_can_say_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object) -> int:
        raise FileNotFoundError

    monkeypatch.setattr(room, "_statm", nowhere)
    assert not has_room(2**40)
