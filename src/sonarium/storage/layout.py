"""Where things lie in the blob folder."""

from functools import lru_cache
from pathlib import Path

from sonarium.storage.keys import LoosePlace, SegmentPlace

LEASES = "leases"
LOOSE = "loose"
SEGMENTS = "segments"
SEGMENT_SUFFIX = ".segment"
PART_SUFFIX = ".part"


def path_of(folder: Path, place: SegmentPlace | LoosePlace) -> Path:
    """Return the file that holds a blob."""
    if isinstance(place, SegmentPlace):
        return _segment(folder, place.volume)
    return folder / LOOSE / place.volume / place.file_name


@lru_cache(maxsize=1024)
def _segment(folder: Path, volume: str) -> Path:
    """Join a path once for the many blobs behind it: that takes longer than a read."""
    return folder / SEGMENTS / f"{volume}{SEGMENT_SUFFIX}"
