"""Where things lie in the blob folder."""

from functools import lru_cache
from pathlib import Path

from sonarium.storage.keys import LoosePlace, SegmentPlace

LEASES = "leases"
LOOSE = "loose"
SEGMENTS = "segments"
SEGMENT_SUFFIX = ".segment"
PART_SUFFIX = ".part"


@lru_cache(maxsize=4096)
def path_of(folder: Path, place: SegmentPlace | LoosePlace) -> Path:
    """Return the file that holds a blob.

    A path is joined once for the many ranges that are read: that takes longer than a read.
    """
    if isinstance(place, SegmentPlace):
        return _segment(folder, place.volume)
    return folder / LOOSE / place.volume / place.file_name


@lru_cache(maxsize=1024)
def _segment(folder: Path, volume: str) -> Path:
    """Return one path for the many blobs of a segment."""
    return folder / SEGMENTS / f"{volume}{SEGMENT_SUFFIX}"
