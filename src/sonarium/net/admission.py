"""Who may come in while how many are inside: counted at accept, before a byte is read."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sonarium.net.settings import DimseNetSettings

_MOST_REFUSALS: Final = 32
"""Connections over a limit that are still listened to, to be told so by A-ASSOCIATE-RJ."""


@dataclass(eq=False, slots=True)
class Ticket:
    """One connection inside; `drop` ends it to make room."""

    address: str
    is_refused: bool
    ae_title: str | None = None
    drop: Callable[[], object] = field(default=lambda: None)


class Admission:
    """Counts connections per process and per address, and associations per calling AE title.

    When a limit is reached, the oldest connection in its scope that has not yet asked for an
    association gives way: a scanner asks within milliseconds, so those that hold a place and
    say nothing lose it, and a flood of them keeps nobody out. Where all have associations,
    the newcomer is refused.
    """

    def __init__(self, settings: DimseNetSettings) -> None:
        self._settings = settings
        self._inside: Counter[str] = Counter()
        self._associated: Counter[str] = Counter()
        self._silent: dict[Ticket, None] = {}
        self._silent_by_address: dict[str, dict[Ticket, None]] = {}
        self._total = 0
        self._refusals = 0

    @property
    def total(self) -> int:
        """How many connections are inside, those about to be refused apart."""
        return self._total

    def enter(self, address: str) -> Ticket | None:
        """Let a connection in, or return None to close it at once."""
        settings = self._settings
        if self._inside[address] >= settings.maximum_connections_per_address:
            has_room = self._drop_oldest(self._silent_by_address.get(address, {}))
        elif self._total >= settings.maximum_connections:
            has_room = self._drop_oldest(self._silent)
        else:
            has_room = True
        if not has_room:
            return self._refuse(address)
        ticket = Ticket(address, is_refused=False)
        self._total += 1
        self._inside[address] += 1
        self._silent[ticket] = None
        self._silent_by_address.setdefault(address, {})[ticket] = None
        return ticket

    def associate(self, ticket: Ticket, ae_title: str) -> bool:
        """Count an association, unless its calling AE title has too many."""
        if self._associated[ae_title] >= self._settings.maximum_associations_per_ae_title:
            return False
        self._associated[ae_title] += 1
        ticket.ae_title = ae_title
        self._speaks(ticket)
        return True

    def leave(self, ticket: Ticket) -> None:
        """Forget a connection; leaving twice is leaving once."""
        if ticket.is_refused:
            self._refusals -= 1
            ticket.is_refused = False
            return
        if ticket.ae_title is not None:
            _decrease(self._associated, ticket.ae_title)
            ticket.ae_title = None
        elif ticket in self._silent:
            self._speaks(ticket)
        else:
            return
        self._total -= 1
        _decrease(self._inside, ticket.address)

    def _refuse(self, address: str) -> Ticket | None:
        if self._refusals >= _MOST_REFUSALS:
            return None
        self._refusals += 1
        return Ticket(address, is_refused=True)

    def _drop_oldest(self, silent: dict[Ticket, None]) -> bool:
        oldest = next(iter(silent), None)
        if oldest is None:
            return False
        self.leave(oldest)
        oldest.drop()
        return True

    def _speaks(self, ticket: Ticket) -> None:
        del self._silent[ticket]
        same_address = self._silent_by_address[ticket.address]
        del same_address[ticket]
        if not same_address:
            del self._silent_by_address[ticket.address]


def _decrease(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
