"""Sign-ins, failures and sign-outs are in the trail."""

import pytest
from tests.services.audit.conftest import Trail

from sonarium.domain.audit import Action, AuditEvent, EventType, Outcome
from sonarium.domain.principal import Role
from sonarium.index.audit import audit_chain, event_in
from sonarium.index.people import find_person
from sonarium.services.audit.sign_ins import note_roles, note_way_in
from sonarium.services.people import PeopleService
from sonarium.services.sign_in import Caller, SessionSettings, SignInRefused, SignInService

HERE = Caller("192.0.2.7", "tests")


async def events(trail: Trail) -> list[AuditEvent]:
    await trail.sealer.seal()
    async with trail.database.transaction() as tx:
        return [event_in(one.content or b"") for one in await audit_chain(tx, 0, 100)]


async def test_somebody_is_added_comes_and_goes(trail: Trail) -> None:
    people = PeopleService(trail.database)
    signing_in = SignInService(trail.database, SessionSettings())
    await people.add("alice", "Alice Ash", [Role.AUDITOR])
    link = await people.sign_in_link("alice", SessionSettings().lifetime)
    await signing_in.with_link(link, HERE)
    (session,) = await signing_in.sessions_of("alice")
    assert await signing_in.end_session("alice", session.session_ref)
    added, _, came, went = await events(trail)
    assert added.subjects[0].details == (("roles", "auditor"),)
    assert came.types == (EventType.LOGIN,)
    assert (came.actor.name, came.actor.display_name) == ("alice", "Alice Ash")
    assert came.actor.address == "192.0.2.7"
    assert went.types == (EventType.LOGOUT,)


async def test_a_failure_is_noted_with_the_name_that_was_said(trail: Trail) -> None:
    signing_in = SignInService(trail.database, SessionSettings())
    with pytest.raises(SignInRefused):
        await signing_in.with_password("Mallory", "x", "0", HERE)
    (failed,) = await events(trail)
    assert (failed.actor.name, failed.outcome) == ("mallory", Outcome.MINOR_FAILURE)


async def test_ways_in_roles_and_ended_sessions_are_told(trail: Trail) -> None:
    people = PeopleService(trail.database)
    await people.add("alice", "Alice Ash", [Role.AUDITOR])
    async with trail.database.transaction() as tx:
        person = await find_person(tx, "alice")
        assert person is not None
        await note_way_in(tx, "alice", "a passkey was added")
        await note_roles(tx, person.person_ref, [Role.MANAGER], Action.UPDATE)
    await people.end_sessions("alice")
    _, way, roles, ended = await events(trail)
    assert (way.types, way.reason) == (
        (EventType.USER_SECURITY_CHANGED,), "a passkey was added",
    )  # fmt: skip
    assert roles.subjects[0].details == (("roles", "manager"),)
    assert ended.reason == "sessions ended"
