"""Refusals are noted, and nobody fills the disk by being refused."""

import pytest
from tests.services.audit.conftest import Trail
from tests.services.audit.trail_events import ALICE

from sonarium.domain.audit import Actor, ActorKind, AuditEvent, EventType
from sonarium.index.audit import audit_chain, event_in
from sonarium.services.audit import refusals as module
from sonarium.services.audit.refusals import Refusals, resource

KIND = EventType.RESTRICTED_FUNCTION


def stranger(address: str, name: str = "x") -> Actor:
    return Actor(ActorKind.UNKNOWN, name, address)


async def written(trail: Trail) -> list[AuditEvent]:
    await trail.sealer.seal()
    async with trail.database.transaction() as tx:
        return [event_in(one.content or b"") for one in await audit_chain(tx, 0, 1000)]


async def test_the_first_refusal_is_written_at_once_and_its_repeats_as_a_number(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = Refusals(trail.database)
    for number in range(50):
        await refusals.note(stranger("192.0.2.1", f"name {number}"), KIND, resource("/a"), "no")
    await refusals.note(ALICE, KIND, resource("/b"), "your role does not allow this")
    assert [one.actor.name for one in await written(trail)] == ["name 0", "alice"]
    monkeypatch.setattr(module, "TOGETHER_S", 0.0)
    await refusals.write()
    *_, last = await written(trail)
    assert last.subjects[0].details == (("times", "49"),)
    await refusals.write()
    assert len(await written(trail)) == 3


async def test_many_addresses_at_once_share_one_entry(trail: Trail) -> None:
    refusals = Refusals(trail.database)
    for number in range(2000):
        refusals.count(stranger(f"2001:db8::{number:x}"), KIND, resource("/a"), "no")
    await refusals.write()
    events = await written(trail)
    assert len(events) == 257
    await refusals.write(is_end=True)
    *_, last = await written(trail)
    assert last.actor.name == "others"
    assert last.subjects[0].details == (("times", "1743"),)
