"""Renewed files are taken up, once they fit."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sonarium.net.certificate_watch import stamp_of, watch_certificates
from sonarium.net.tls import TLSUnusable

EVERY = timedelta(seconds=5)


class _Enough(Exception):
    """Ends what watches for ever."""


def turns(*acts: Callable[[], object]) -> Callable[[float], Awaitable[None]]:
    """Do one act in each pause, then end."""
    waiting = iter(acts)

    async def pause(seconds: float) -> None:
        assert seconds == EVERY.total_seconds()
        act = next(waiting, None)
        if act is None:
            raise _Enough
        act()

    return pause


async def test_each_change_is_taken_up_once(tmp_path: Path) -> None:
    certificate = tmp_path / "own.pem"
    certificate.write_text("old")
    taken: list[str] = []

    async def take_up() -> None:
        taken.append(certificate.read_text())

    renewed = tmp_path / "renewed.pem"
    renewed.write_text("new")
    pause = turns(list, lambda: renewed.replace(certificate), list, list)
    with pytest.raises(_Enough):
        await watch_certificates((certificate, None), take_up, EVERY, pause)
    assert taken == ["new"]


async def test_files_that_do_not_fit_yet_are_tried_again(tmp_path: Path) -> None:
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    certificate.write_text("1")
    key.write_text("1")
    tries: list[bool] = []

    async def take_up() -> None:
        tries.append(certificate.read_text() == key.read_text())
        if not tries[-1]:
            raise TLSUnusable("they do not fit")

    pause = turns(lambda: certificate.write_text("22"), list, lambda: key.write_text("22"), list)
    with pytest.raises(_Enough):
        await watch_certificates((certificate, key), take_up, EVERY, pause)
    assert tries == [False, False, True]


def test_a_file_that_is_gone_has_no_stamp(tmp_path: Path) -> None:
    assert stamp_of([tmp_path / "gone"]) == (None,)
