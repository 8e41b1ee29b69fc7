from collections.abc import Callable
from typing import get_args

import pytest

from sonarium.ultrasound.synthetic.acquisition import Acquisition
from sonarium.ultrasound.synthetic.schedule import Kind


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_of_study_is_examined(
    kind: str, examined: Callable[..., tuple[Acquisition, ...]]
) -> None:
    made = examined(kind)
    assert len(made) >= 5
    for one in made:
        assert one.frames
        assert one.description
        assert one.regions
        assert all(frame[:3] == b"\xff\xd8\xff" for frame in one.frames)
        assert (one.rows, one.columns) == (600, 800)


def test_kinds_do_not_share_their_pictures(
    examined: Callable[..., tuple[Acquisition, ...]],
) -> None:
    described = {kind: {one.description for one in examined(kind)} for kind in get_args(Kind)}
    heart = described["adult echo"]
    for kind in ("fetal", "carotid", "leg veins"):
        assert not heart & described[kind]
