"""An archive has keys before it keeps anything."""

import shutil
from pathlib import Path

import pytest
from tests.storage.sealed_stores import find_nothing

from sonarium.app.archive import open_archive
from sonarium.app.keys import key_room, open_keys
from sonarium.app.settings import Settings
from sonarium.db.pool import Database
from sonarium.index.study_keys import keep_study_keys
from sonarium.storage.errors import KeysMissing
from sonarium.storage.group_keys import GroupKeys


def test_keys_lie_in_the_data_folder_or_where_the_setting_says(tmp_path: Path) -> None:
    assert key_room(Settings(data=tmp_path)).folder == tmp_path / "keys"
    elsewhere = {"data": tmp_path, "keys": {"folder": tmp_path / "disk"}}
    assert key_room(Settings.model_validate(elsewhere)).folder == tmp_path / "disk"


def test_keys_are_made_when_first_asked_for_and_found_again(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    made = open_keys(settings)
    assert open_keys(settings).root == made.root


async def test_no_new_keys_are_made_where_the_index_knows_older_ones(
    dsn: str, database: Database, tmp_path: Path
) -> None:
    bucket = {"bucket": "pacs", "endpoint": "http://127.0.0.1:9", "allow_http": True}
    settings = Settings.model_validate({"data": tmp_path, "s3": bucket})
    open_keys(settings)
    key = await GroupKeys(key_room(settings), None, find_nothing).for_new_blob("1.2")
    async with database.transaction() as tx:
        await keep_study_keys(tx, [("1.2", key.wrapped)])
    shutil.rmtree(key_room(settings).folder)
    with pytest.raises(KeysMissing, match="sonarium keys restore"):
        async with open_archive(settings, dsn):
            pass
    assert not key_room(settings).has_root
