"""Viewers of others that people may open a study with; the first two are offered by us."""

from pathlib import Path

from pydantic import BaseModel


class ViewerSettings(BaseModel, frozen=True, extra="forbid"):
    """Viewers of others, offered beside our own."""

    ohif: Path | None = None
    """Folder of the OHIF that `sonarium add-on ohif` installs; none: `add-ons/ohif` in the data
    folder."""
