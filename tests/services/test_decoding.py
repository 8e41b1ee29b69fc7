"""Workers crash, hang and run out of memory; everybody else is served."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.services.decoding_tasks import (
    break_off,
    count_up,
    crash,
    eat,
    environment,
    hang,
    own_pid,
    refuse,
    repeat,
    write_file,
)

from sonarium.dicom.pixels.errors import DecodeFailed, UnsupportedPixels
from sonarium.services.decoding import (
    DecodersBusy,
    DecodersUnavailable,
    DecodingPool,
    DecodingSettings,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _tasks_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))


@pytest.fixture
async def pool() -> AsyncIterator[DecodingPool]:
    pool = DecodingPool(DecodingSettings(workers=1, waiting=2))
    yield pool
    await pool.close()


async def test_a_result_of_any_size_comes_back_whole(pool: DecodingPool) -> None:
    for size in (0, 1, 70_000, 5_000_000):
        assert await pool.run(repeat, b"x", size) == b"x" * size


async def test_an_error_of_ours_keeps_its_kind(pool: DecodingPool) -> None:
    with pytest.raises(UnsupportedPixels, match="not for us"):
        await pool.run(refuse)
    assert await pool.run(repeat, b"a", 2) == b"aa"


@pytest.mark.parametrize("function", [crash, break_off])
async def test_a_crash_fails_one_call_and_no_other(
    pool: DecodingPool, function: Callable[[], bytes]
) -> None:
    with pytest.raises(DecodeFailed, match="crashed"):
        await pool.run(function)
    assert await pool.run(repeat, b"a", 2) == b"aa"


async def test_a_hanging_worker_is_killed_and_replaced(pool: DecodingPool) -> None:
    await pool.run(repeat, b"a", 1)
    with pytest.raises(DecodeFailed, match="too long"):
        await pool.run(hang, timeout=timedelta(milliseconds=50))
    assert await pool.run(repeat, b"a", 2) == b"aa"


async def test_memory_beyond_the_limit_is_refused(pool: DecodingPool) -> None:
    assert await pool.run(eat, 200 * 2**20) == b"\1\1"
    with pytest.raises(DecodeFailed, match="memory"):
        await pool.run(eat, 500 * 2**20)
    assert await pool.run(repeat, b"a", 2) == b"aa"


async def test_a_worker_writes_no_file(pool: DecodingPool, tmp_path: Path) -> None:
    assert await pool.run(write_file, f"{tmp_path}/probe") == b"refused"


async def test_a_worker_sees_none_of_our_environment(
    pool: DecodingPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONARIUM_DATABASE__DSN", "secret")
    assert b"SONARIUM" not in await pool.run(environment)


async def test_a_caller_who_leaves_costs_nobody_the_worker(pool: DecodingPool) -> None:
    pid = await pool.run(own_pid)
    leaving = asyncio.ensure_future(pool.run(repeat, b"left", 1_000_000))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert await pool.run(repeat, b"a", 2) == b"aa"
    assert await pool.run(own_pid) == pid


async def test_calls_wait_their_turn_and_too_many_are_refused(pool: DecodingPool) -> None:
    await pool.run(repeat, b"a", 1)
    async with asyncio.TaskGroup() as tasks:
        calls = [tasks.create_task(pool.run(repeat, b"a", number)) for number in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(DecodersBusy):
            await pool.run(repeat, b"a", 9)
    assert [call.result() for call in calls] == [b"", b"a", b"aa"]


async def test_a_conversation_goes_on_until_it_ends(pool: DecodingPool) -> None:
    async with pool.converse(count_up, 5) as conversation:
        assert conversation.opening == b"5"
        assert await conversation.send(2) == b"7"
        assert await conversation.send(3) == b"10"
        with pytest.raises(UnsupportedPixels):
            await conversation.send(-1)
    assert await pool.run(repeat, b"a", 2) == b"aa"


async def test_a_closed_pool_answers_nobody() -> None:
    pool = DecodingPool(DecodingSettings(workers=1))
    pid = int(await pool.run(own_pid))
    await pool.close()
    with pytest.raises(DecodersUnavailable):
        await pool.run(own_pid)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
