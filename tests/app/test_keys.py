"""An archive has keys before it keeps anything."""

from pathlib import Path

from sonarium.app.keys import key_room, open_keys
from sonarium.app.settings import Settings


def test_keys_lie_in_the_data_folder_or_where_the_setting_says(tmp_path: Path) -> None:
    assert key_room(Settings(data=tmp_path)).folder == tmp_path / "keys"
    elsewhere = {"data": tmp_path, "keys": {"folder": tmp_path / "disk"}}
    assert key_room(Settings.model_validate(elsewhere)).folder == tmp_path / "disk"


def test_keys_are_made_when_first_asked_for_and_found_again(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    made = open_keys(settings)
    assert open_keys(settings).root == made.root
