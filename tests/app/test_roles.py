"""What each process of a running archive does, from its start to its end."""

import asyncio
import pickle
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from sonarium.app.roles import RoleProcess
from sonarium.app.settings import Settings
from sonarium.app.supervisor import RoleFailed, Supervisor
from sonarium.net.acceptor import open_listener
from sonarium.net.requestor import PeerAddress
from sonarium.peers.echo import echo

MINUTE = timedelta(minutes=1)


def settings_for(folder: Path, http_port: int) -> Settings:
    return Settings.model_validate(
        {
            "data": folder,
            "http": {"port": http_port},
            "dimse": {"port": 0, "unknown_callers": "accepted"},
            "log_level": "ERROR",
        }
    )


async def test_the_roles_answer_scanners_and_browsers_and_drain(
    dsn: str, tmp_path: Path, free_port: int
) -> None:
    settings = settings_for(tmp_path, free_port)
    with open_listener(settings.dimse) as listener:
        roles = {
            "dimse": RoleProcess("dimse", settings, dsn, listener),
            "web": RoleProcess("web", settings, dsn),
            "worker": RoleProcess("worker", settings, dsn),
        }
        supervisor = Supervisor(roles, MINUTE, MINUTE)
        await supervisor.start()
        processes = [child.process for child in supervisor._children.values()]
        try:
            status = await echo(
                PeerAddress("127.0.0.1", listener.getsockname()[1]),
                settings.dimse,
                calling_ae_title="CART1",
                called_ae_title="SONARIUM",
            )
            answer = await asyncio.to_thread(
                httpx.get, f"http://127.0.0.1:{free_port}/api/session", timeout=10
            )
        finally:
            await supervisor.stop()
    assert status == 0
    assert answer.json()["signedIn"] is False
    assert [process.exitcode for process in processes] == [0, 0, 0]


async def test_a_role_without_its_database_says_so(tmp_path: Path, taken_port: int) -> None:
    settings = settings_for(tmp_path, taken_port)
    web = RoleProcess("web", settings, "postgresql://u:secret@127.0.0.1:9/pacs")
    with pytest.raises(RoleFailed, match=r"the role web cannot start: ") as failure:
        await Supervisor({"web": web}, MINUTE, MINUTE).start()
    assert "secret" not in str(failure.value)


def test_a_role_travels_to_its_process(tmp_path: Path) -> None:
    role = RoleProcess("worker", settings_for(tmp_path, 0), "postgresql://db/pacs")
    assert pickle.loads(pickle.dumps(role)) == role
