"""Looks that an auditor should think about."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.index.synthetic import instance
from tests.services.audit.conftest import Trail
from tests.services.audit.trail_events import opened

from sonarium.domain.audit import Actor, ActorKind
from sonarium.domain.principal import Role
from sonarium.index.audit_search import AuditedDay, AuditedLook
from sonarium.index.ingest import add_instances
from sonarium.services.audit.trail import note
from sonarium.services.audit.unusual import Sign, UnusualAccess, busy_days, signs_of
from sonarium.services.people import PeopleService

AT = datetime(2030, 6, 15, 12, tzinfo=UTC)


def look(**given: object) -> AuditedLook:
    values: dict[str, object] = {
        "record_ref": 1,
        "happened_at": AT,
        "actor": "alice",
        "display_name": "Alice Ash",
        "patient_id": "P1",
        "study_instance_uid": "1.2",
        "patient_name": "doe^jane",
        "confidentiality": "normal",
        "is_own": False,
        "is_emergency": False,
    }
    return AuditedLook(**{**values, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "signs"),
    [
        ({}, ()),
        ({"is_own": True}, (Sign.OWN_RECORD,)),
        ({"patient_name": "ash^jane"}, (Sign.SAME_SURNAME,)),
        ({"display_name": "Zoë ÅSH", "patient_name": "ash^jane"}, (Sign.SAME_SURNAME,)),
        ({"display_name": "", "patient_name": ""}, ()),
        ({"confidentiality": "vip"}, (Sign.VIP,)),
        ({"confidentiality": "confidential"}, (Sign.CONFIDENTIAL,)),
        ({"is_emergency": True, "is_own": True}, (Sign.OWN_RECORD, Sign.EMERGENCY)),
    ],
)  # fmt: skip
def test_signs_of_a_look(given: dict[str, object], signs: tuple[Sign, ...]) -> None:
    assert signs_of(look(**given), {}) == signs


@pytest.mark.parametrize(
    ("before", "studies", "is_busy"),
    [
        ([10, 10], 31, True), ([10, 10], 30, False),
        ([1], 20, False), ([1], 21, True), ([], 500, False),
    ],
)  # fmt: skip
def test_many_is_far_above_ones_own_habit(before: list[int], studies: int, is_busy: bool) -> None:
    today = date(2030, 6, 15)
    days = [
        AuditedDay("alice", today - timedelta(days=2 + number), count)
        for number, count in enumerate(before)
    ]
    busy = busy_days([*days, AuditedDay("alice", today, studies)])
    assert busy == ({"alice": {today}} if is_busy else {})
    if is_busy:
        assert signs_of(look(), busy) == (Sign.MANY,)


async def test_unusual_looks_are_found_in_the_trail(trail: Trail) -> None:
    await PeopleService(trail.database).add("alice", "Alice Family", [Role.SONOGRAPHER])
    async with trail.database.transaction() as tx:
        await add_instances(tx, [instance()])
        await tx.execute(b"UPDATE patient SET confidentiality = 'vip'")
        await note(tx, opened("1.2.1", Actor(ActorKind.PERSON, "alice")))
        await note(tx, opened("9.9", Actor(ActorKind.PERSON, "alice")))
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    found = await UnusualAccess(trail.database).find(now - hour, now + hour)
    assert [(one.look.study_instance_uid, Sign.VIP in one.signs) for one in found] == [
        ("1.2.1", True)
    ]
    assert await UnusualAccess(trail.database).find(now - 2 * hour, now - hour) == []
