"""Who came, who went, and who failed to come in (PS3.15 A.5.3.12)."""

from collections.abc import Sequence

from sonarium.db.transaction import Transaction
from sonarium.domain.audit import (
    Action,
    Actor,
    ActorKind,
    EventType,
    Outcome,
    Subject,
    SubjectKind,
)
from sonarium.domain.principal import Role
from sonarium.index.audit import audited_person
from sonarium.services.audit.trail import clean, note, security_alert, user_authentication


async def note_sign_in(tx: Transaction, person_ref: int, method: str, address: str) -> None:
    """Say that somebody signed in, and how."""
    person = await audited_person(tx, person_ref)
    actor = Actor(ActorKind.PERSON, person.user_name, address, person.display_name)
    await note(tx, user_authentication(EventType.LOGIN, actor, reason=f"by {method}"))


async def note_proof(tx: Transaction, person_ref: int, address: str) -> None:
    """Say that somebody who is signed in proved again that it is them."""
    person = await audited_person(tx, person_ref)
    actor = Actor(ActorKind.PERSON, person.user_name, address, person.display_name)
    said = "proved again that it is them"
    await note(tx, user_authentication(EventType.LOGIN, actor, reason=said))


async def note_failed_proof(tx: Transaction, actor: Actor) -> None:
    """Say that whoever sits at somebody's session could not prove that it is them."""
    said = "could not prove that it is still them"
    failed = Outcome.MINOR_FAILURE
    await note(tx, user_authentication(EventType.LOGIN, actor, outcome=failed, reason=said))


async def note_failed_sign_in(tx: Transaction, user_name: str, address: str) -> None:
    """Say that somebody who called themselves so did not get in."""
    actor = Actor(ActorKind.UNKNOWN, clean(user_name), address)
    await note(
        tx,
        user_authentication(
            EventType.LOGIN,
            actor,
            outcome=Outcome.MINOR_FAILURE,
            reason="what was shown does not hold",
        ),
    )


async def note_way_in(tx: Transaction, user_name: str, what: str) -> None:
    """Say that somebody changed by what they sign in."""
    subject = Subject(SubjectKind.PERSON, user_name)
    await note(
        tx,
        security_alert(EventType.USER_SECURITY_CHANGED, subject, action=Action.UPDATE, reason=what),
    )


async def note_roles(
    tx: Transaction, person_ref: int, roles: Sequence[Role], action: Action
) -> None:
    """Say that the site's provider let somebody in for the first time, or gave other roles."""
    person = await audited_person(tx, person_ref)
    subject = Subject(
        SubjectKind.PERSON,
        person.user_name,
        person.display_name,
        details=(("roles", " ".join(roles)),),
    )
    kind = EventType.SECURITY_ROLES_CHANGED
    reason = "as the sign-in provider says"
    await note(tx, security_alert(kind, subject, action=action, reason=reason))


async def note_sign_out(tx: Transaction, actor: Actor) -> None:
    """Say that somebody ended a session of theirs."""
    await note(tx, user_authentication(EventType.LOGOUT, actor))


async def note_enrolment(tx: Transaction, person_ref: int, address: str) -> None:
    """Say that somebody set up how they sign in."""
    person = await audited_person(tx, person_ref)
    actor = Actor(ActorKind.PERSON, person.user_name, address, person.display_name)
    subject = Subject(SubjectKind.PERSON, person.user_name, person.display_name)
    await note(
        tx,
        security_alert(
            EventType.USER_SECURITY_CHANGED,
            subject,
            actor=actor,
            action=Action.UPDATE,
            reason="set up how they sign in",
        ),
    )
