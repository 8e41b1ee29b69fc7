"""Who acts: told once at each door, and known to whatever the door calls.

Between a door and its transaction lie many calls. If each had to pass on who asks, the one that
forgets would be a hole that no type shows. So this is kept as the context of the task, as a log
keeps a request's number; where no door said anything, Sonarium itself acts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sonarium.domain.audit import APPLICATION, Actor

_acting: ContextVar[Actor] = ContextVar("acting", default=APPLICATION)


def act_as(actor: Actor) -> None:
    """Say who acts for the rest of this task."""
    _acting.set(actor)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Say who acts inside the block."""
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)


def who_acts() -> Actor:
    """Return who acts in this task."""
    return _acting.get()
