from pathlib import Path

import pyotp
import pytest

from sonarium.app.settings import Settings
from sonarium.app.wide_door import NotReadyForNetwork, is_wide, refuse_unattended, refuse_wrong
from sonarium.db.pool import Database
from sonarium.services.people import PeopleService
from sonarium.services.sign_in import Caller, Enrolling, SessionSettings, SignInService


def wide(folder: Path) -> Settings:
    return Settings.model_validate({"data": folder, "dimse": {"host": "0.0.0.0"}})


def test_either_door_makes_it_wide(tmp_path: Path) -> None:
    assert is_wide(wide(tmp_path))
    assert is_wide(Settings.model_validate({"http": {"host": "192.0.2.7"}}))
    assert not is_wide(Settings())


async def test_other_machines_wait_for_an_administrator(
    database: Database, dsn: str, tmp_path: Path
) -> None:
    with pytest.raises(NotReadyForNetwork, match="administrator"):
        await refuse_unattended(wide(tmp_path), dsn)
    await refuse_unattended(Settings(), dsn)
    signing_in = SignInService(database, SessionSettings())
    link = await PeopleService(database).set_up_link()
    secret = (await signing_in.begin_enrolment(link)).totp_secret
    chosen = Enrolling("ada", "Ada", "lamp otter violin thursday", secret, pyotp.TOTP(secret).now())
    await signing_in.enrol(link, chosen, Caller("127.0.0.1", "tests"))
    await refuse_unattended(wide(tmp_path), dsn)


async def test_what_the_doctor_finds_wrong_keeps_the_door_narrow(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    blocked = tmp_path / "file" / "data"
    with pytest.raises(NotReadyForNetwork, match="something is wrong"):
        await refuse_wrong(wide(blocked))
    await refuse_wrong(Settings(data=blocked))
