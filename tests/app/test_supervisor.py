"""Roles are started, kept, drained and, when they will not go, ended."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from tests.app.role_tasks import Serves, ignore_the_end, refuse, stay_silent, vanish

from sonarium.app.supervisor import Lifeline, RoleFailed, Supervisor

ROOT = Path(__file__).resolve().parents[2]

PARENT = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from sonarium.app.supervisor import Supervisor
from sonarium.base.log import configure_logging
from tests.app.role_tasks import Serves

async def main():
    configure_logging("console", "ERROR")
    roles = {"lamp": Serves(Path(sys.argv[1]))}
    await Supervisor(roles, timedelta(seconds=60), timedelta(seconds=5)).start()
    print("started", flush=True)
    sys.stdin.read()

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def _roles_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))


def supervisor(
    roles: Mapping[str, Callable[[Lifeline], None]],
    start_within: float = 60,
    drain_within: float = 10,
) -> Supervisor:
    return Supervisor(roles, timedelta(seconds=start_within), timedelta(seconds=drain_within))


async def lines_of(diary: Path, count: int) -> list[str]:
    """Wait until a diary has so many lines."""
    async with asyncio.timeout(60):
        while not diary.exists() or len(lines := diary.read_text().splitlines()) < count:
            await asyncio.sleep(0.02)
    return lines


async def test_all_roles_serve_after_the_start_and_drain_at_the_end(tmp_path: Path) -> None:
    diaries = [tmp_path / "one", tmp_path / "two"]
    keeper = supervisor({path.name: Serves(path) for path in diaries})
    await keeper.start()
    pids = keeper.pids()
    await keeper.stop()
    assert [path.read_text() for path in diaries] == [
        f"began {pid}\ndrained {pid}\n" for pid in pids
    ]
    assert keeper.pids() == []


async def test_a_role_that_cannot_serve_is_named_with_its_reason_and_the_others_stop(
    tmp_path: Path,
) -> None:
    keeper = supervisor({"lamp": Serves(tmp_path / "diary"), "mirror": refuse})
    with pytest.raises(RoleFailed, match="role mirror cannot start: the moon is in the way"):
        await keeper.start()
    assert keeper.pids() == []
    assert (tmp_path / "diary").read_text().split()[::2] == ["began", "drained"]


async def test_a_role_that_dies_while_starting_is_named() -> None:
    with pytest.raises(RoleFailed, match="the role ghost ended while starting"):
        await supervisor({"ghost": vanish}).start()


async def test_a_role_that_never_reports_is_given_up() -> None:
    with pytest.raises(RoleFailed, match="the role mute did not start within 0 s"):
        await supervisor({"mute": stay_silent}, start_within=0.1).start()


async def test_a_role_that_is_killed_is_started_again(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    keeper = supervisor({"lamp": Serves(diary)})
    await keeper.start()
    keeping = asyncio.create_task(keeper.keep())
    (first,) = keeper.pids()
    os.kill(first, signal.SIGKILL)
    began = await lines_of(diary, 2)
    keeping.cancel()
    await asyncio.wait([keeping])
    await keeper.stop()
    assert began[0] == f"began {first}"
    assert began[1] != began[0]


async def test_a_role_that_does_not_drain_is_killed_when_its_time_is_over() -> None:
    keeper = supervisor({"stubborn": ignore_the_end}, drain_within=0.2)
    await keeper.start()
    began = monotonic()
    await keeper.stop()
    assert 0.2 <= monotonic() - began < 5


async def test_a_role_whose_supervisor_was_killed_drains_by_itself(tmp_path: Path) -> None:
    diary, script = tmp_path / "diary", tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, script, diary],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with parent:
        assert parent.stdout is not None
        assert await asyncio.to_thread(parent.stdout.readline) == b"started\n"
        parent.kill()
    began, drained = await lines_of(diary, 2)
    assert drained == began.replace("began", "drained")
