"""How many files and connections one of our processes may hold open."""

import resource
from typing import Final

from sonarium.base.errors import UnavailableError

NEEDED: Final = 4096
"""A thousand connections in one process, each with a socket and a file being written, and what
segments, the connection pool and the decoding workers hold."""
_PLENTY: Final = 65536
"""Some programs walk through every number that they might have open."""


class TooFewOpenFiles(UnavailableError):
    """The operating system lets us open fewer files than a busy archive needs."""


def raise_open_files() -> int:
    """Raise our limit as far as it helps and the system lets us; children inherit it.

    Raises:
        TooFewOpenFiles: the system's own limit is too low; the message says how to raise it.
    """
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = most_open_files()
    if most < NEEDED:
        raise TooFewOpenFiles(
            f"only {most} files may be open at once, and {NEEDED} are needed: {REMEDY}"
        )
    wanted = max(min(most, _PLENTY), NEEDED)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return most
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def most_open_files() -> int:
    """Return how far the limit may be raised."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _PLENTY if hard == resource.RLIM_INFINITY else hard


REMEDY: Final = (
    f"set LimitNOFILE={_PLENTY} in the systemd unit, or run `ulimit -Hn {_PLENTY}` as root "
    "before it starts"
)
