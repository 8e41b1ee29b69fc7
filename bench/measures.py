"""One figure: how it was taken, ours beside the peer's, and the ratio that is asked for."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of ours beside a peer's.

    `wanted` is the ratio to reach, in our favour; `most` the largest figure allowed.
    """

    name: str
    unit: str
    better: Better
    ours: float
    peers: float | None
    wanted: float | None
    most: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer we are."""
        if self.peers is None or not self.ours or not self.peers:
            return None
        return self.ours / self.peers if self.better == "higher" else self.peers / self.ours

    @property
    def is_reached(self) -> bool | None:
        """Tell whether what is wanted is reached, or None where nothing is asked for."""
        if self.most is not None:
            return self.ours <= self.most
        if self.wanted is None or self.ratio is None:
            return None
        return self.ratio >= self.wanted


def median_ms(act: Callable[[], object], times: int, warm_up: int = 3) -> float:
    """Run `act` and return the median duration in milliseconds."""
    return statistics.median(durations_ms(act, times, warm_up))


def durations_ms(act: Callable[[], object], times: int, warm_up: int = 3) -> list[float]:
    """Run `act` some times and return how long each took, in milliseconds."""
    for _ in range(warm_up):
        act()
    taken = []
    for _ in range(times):
        begin = perf_counter()
        act()
        taken.append((perf_counter() - begin) * 1000)
    return taken
