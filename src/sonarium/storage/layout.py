"""Where things lie in the blob folder."""

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
        return folder / SEGMENTS / f"{place.volume}{SEGMENT_SUFFIX}"
    return folder / LOOSE / place.volume / place.file_name
