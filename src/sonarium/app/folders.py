"""What lies where in the data folder."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The folder of everything that one Sonarium keeps."""

    root: Path

    def ensure(self) -> None:
        """Make the folder; root's own needs to be passable for PostgreSQL's user."""
        self.root.mkdir(parents=True, exist_ok=True)

    @property
    def postgresql(self) -> Path:
        """The embedded PostgreSQL."""
        return self.root / "postgresql"

    @property
    def blobs(self) -> Path:
        """The bytes of every object."""
        return self.root / "blobs"

    @property
    def cache(self) -> Path:
        """What can be made again: thumbnails."""
        return self.root / "cache"
