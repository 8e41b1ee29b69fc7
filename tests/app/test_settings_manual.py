"""The manual of the settings is the settings themselves."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from sonarium.app.settings_manual import Setting, iter_settings, manual

PAGE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "settings.md"


class LampSettings(BaseModel):
    """A branch."""

    colour: str = "green"
    """What it shines
    like."""
    patience: timedelta = timedelta(seconds=1.5)
    """Until it blinks."""
    bulbs: tuple[str, ...] = ("left", "right")
    key: SecretStr = SecretStr("")
    maker: str


class HouseSettings(BaseModel):
    """A tree."""

    door: str | None = None
    """Where one enters."""
    lamp: LampSettings = LampSettings(maker="")
    spare: LampSettings | None = None


def test_the_page_is_that_of_the_settings() -> None:
    assert PAGE.read_text() == manual(), "run: ./dev settings"


@pytest.mark.parametrize("setting", list(iter_settings()), ids=lambda setting: setting.name)
def test_every_setting_says_what_it_means(setting: Setting) -> None:
    assert setting.meaning


def test_a_branch_is_part_of_the_name_whether_it_is_there_or_not() -> None:
    names = [setting.name for setting in iter_settings(HouseSettings, "HOUSE_")]
    assert names == [
        "HOUSE_DOOR",
        "HOUSE_LAMP__COLOUR",
        "HOUSE_LAMP__PATIENCE",
        "HOUSE_LAMP__BULBS",
        "HOUSE_LAMP__KEY",
        "HOUSE_LAMP__MAKER",
        "HOUSE_SPARE__COLOUR",
        "HOUSE_SPARE__PATIENCE",
        "HOUSE_SPARE__BULBS",
        "HOUSE_SPARE__KEY",
        "HOUSE_SPARE__MAKER",
    ]


def test_a_meaning_is_one_line_and_a_default_is_what_one_would_write() -> None:
    colour, patience, bulbs, key, maker = iter_settings(LampSettings, "")
    assert colour == Setting("COLOUR", "green", "What it shines like.")
    assert patience.default == "PT1.5S"
    assert key.default == ""
    assert maker.default == "none: it has to be given"
    assert bulbs == Setting("BULBS", "left, right", "")
