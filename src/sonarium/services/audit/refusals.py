"""Refusals, noted without letting whoever is refused fill the disk.

The first refusal of somebody is written at once; more of them within a minute are counted, and
their number is written when the minute is over. Strangers are told apart by their address alone:
names they can make up. When too many addresses come at once, those beyond share one entry.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Final

from sonarium.base.errors import UnavailableError
from sonarium.base.log import get_logger
from sonarium.db.pool import Database
from sonarium.domain.audit import (
    Actor,
    ActorKind,
    AuditEvent,
    EventType,
    Outcome,
    Subject,
    SubjectKind,
)
from sonarium.services.audit.trail import clean, note, security_alert

log = get_logger(__name__)

TOGETHER_S: Final = 60.0
_MOST: Final = 256
_OTHERS: Final = Actor(ActorKind.UNKNOWN, "others", display_name="Many others")
_LOOK_EVERY_S: Final = 1.0


@dataclass(slots=True)
class _Repeated:
    event: AuditEvent
    since: float = field(default_factory=monotonic)
    is_written: bool = False
    more: int = 0


class Refusals:
    """Counts and writes refusals; `run` writes what is due."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[ActorKind, str, str, EventType], _Repeated] = {}

    def count(self, actor: Actor, kind: EventType, subject: Subject, reason: str) -> None:
        """Take note of a refusal, to be written within a second; for where nobody can wait."""
        key = self._key(actor, kind)
        known = self._known.get(key)
        if known is None:
            event = security_alert(
                kind,
                subject,
                actor=_OTHERS if key[2] == _OTHERS.name else actor,
                outcome=Outcome.SERIOUS_FAILURE,
                reason=reason,
            )
            self._known[key] = _Repeated(event)
        else:
            known.more += 1

    async def note(self, actor: Actor, kind: EventType, subject: Subject, reason: str) -> None:
        """Write a refusal; where the database is away, it is written when that is back."""
        self.count(actor, kind, subject, reason)
        with suppress(UnavailableError):
            await self.write()

    async def write(self, *, is_end: bool = False) -> None:
        """Write what is new, and the numbers of what was repeated for long enough.

        Raises:
            DatabaseUnavailable: it is still to be written.
        """
        now = monotonic()
        fresh = [one for one in self._known.values() if not one.is_written]
        over = {
            key: one
            for key, one in self._known.items()
            if one.is_written and (is_end or now - one.since >= TOGETHER_S)
        }
        events = [one.event for one in fresh]
        events += [_repeats(one) for one in over.values() if one.more]
        # Before the wait: somebody else may come here meanwhile.
        for one in fresh:
            one.is_written = True
        for key in over:
            del self._known[key]
        try:
            if events:
                async with self._database.transaction() as tx:
                    await note(tx, *events)
        except UnavailableError:
            for one in fresh:
                one.is_written = False
            self._known |= over
            raise

    async def run(self) -> None:
        """Write what is due until cancelled, and the rest at the end."""
        try:
            while True:
                await asyncio.sleep(_LOOK_EVERY_S)
                try:
                    await self.write()
                except UnavailableError:
                    log.warning("refusals_not_noted", count=len(self._known))
        finally:
            with suppress(UnavailableError):
                await self.write()
                await self.write(is_end=True)

    def _key(self, actor: Actor, kind: EventType) -> tuple[ActorKind, str, str, EventType]:
        is_proved = actor.kind in (ActorKind.PERSON, ActorKind.PROGRAM, ActorKind.DEVICE)
        key = (actor.kind, actor.address, actor.name if is_proved else "", kind)
        if key in self._known or len(self._known) < _MOST:
            return key
        return (ActorKind.UNKNOWN, "", _OTHERS.name, kind)


def resource(path: str) -> Subject:
    """Return an address of ours as a subject."""
    return Subject(SubjectKind.RESOURCE, clean(path)[:300])


def _repeats(one: _Repeated) -> AuditEvent:
    """Return the event that says how often another came again."""
    (subject,) = one.event.subjects
    times = replace(subject, details=(("times", str(one.more)),))
    actor, kind = one.event.actor, one.event.types[0]
    return security_alert(
        kind, times, actor=actor, outcome=one.event.outcome, reason=one.event.reason
    )
