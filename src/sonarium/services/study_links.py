"""Secure links: somebody outside looks at one study, on behalf of the person who made the link.

A link is a secret of 256 bits. It opens nothing by itself: its maker tells the recipient a code by
another way, which serves once. What the visitor then sees is what the maker sees of that study,
and only as long as the maker does.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sonarium.base.errors import RequestError
from sonarium.base.secrets import digest_of, new_secret
from sonarium.db.pool import Database
from sonarium.domain.access import Viewer, ViewerKind
from sonarium.domain.audit import Action, EventType, Subject, SubjectKind
from sonarium.domain.principal import Permission, Principal, Role, person_viewer
from sonarium.index import study_links as rows
from sonarium.index.study_links import LinkStanding, StudyLink
from sonarium.services.access import AccessService
from sonarium.services.audit.rights import note_study_rights
from sonarium.services.audit.trail import note, security_alert

__all__ = ["LinkRefused", "NoSuchLink", "StudyLink", "StudyLinkService"]

LONGEST: Final = timedelta(days=7)
MOST_ATTEMPTS: Final = 5
_ASK: Final = "ask whoever sent it for a new one"
_CODE_DIGITS: Final = 8
_LONGEST_RECIPIENT: Final = 120


class LinkRefused(RequestError):
    """Link or code do not hold, or no such link can be made; the message says which."""


class NoSuchLink(RequestError):
    """There is no such link, study or maker."""


@dataclass(frozen=True, slots=True)
class NewLink:
    """Secret and code of a link, shown once."""

    link_ref: int
    secret: str
    code: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What somebody got for the code: the secret of the visit, and the study."""

    secret: str
    study_instance_uid: str


class StudyLinkService:
    """Makes links, takes them back, and knows who comes by one."""

    def __init__(self, database: Database, access: AccessService) -> None:
        self._database = database
        self._access = access

    async def make(
        self, viewer: Viewer, study_instance_uid: str, recipient: str, lifetime: timedelta
    ) -> NewLink:
        """Make a link to a study that the maker sees.

        Raises:
            LinkRefused: for too long, for nobody, or it is no person who asks.
            NoSuchLink: the study is not here for them.
        """
        if viewer.kind is not ViewerKind.PERSON or viewer.person_ref is None:
            raise LinkRefused("only a person who is signed in makes links")
        if not timedelta(0) < lifetime <= LONGEST:
            raise LinkRefused("a link holds for 7 days at most")
        if not 1 <= len(recipient.strip()) <= _LONGEST_RECIPIENT:
            raise LinkRefused("say for whom the link is")
        if study_instance_uid not in await self._access.seen(viewer, [study_instance_uid]):
            raise NoSuchLink("this archive does not hold that study")
        secret, code = new_secret(), _new_code()
        async with self._database.transaction() as tx:
            link_ref = await rows.add_study_link(
                tx,
                digest_of(secret),
                _code_hash(secret, code),
                study_instance_uid=study_instance_uid,
                person_ref=viewer.person_ref,
                recipient=recipient.strip(),
                lifetime=lifetime,
            )
            if link_ref is not None:
                said = f"a link opens it to {recipient.strip()}"
                await note_study_rights(tx, study_instance_uid, Action.CREATE, said)
        if link_ref is None:
            raise NoSuchLink("this archive does not hold that study")
        return NewLink(link_ref, secret, code)

    async def open(self, secret: str, code: str) -> Visit:
        """Let in whoever has the link and its code; the code serves once.

        Raises:
            LinkRefused: one of them does not hold, or was tried too often.
        """
        visit = new_secret()
        async with self._database.transaction() as tx:
            study = await rows.try_study_link(
                tx,
                digest_of(secret),
                _code_hash(secret, code.replace(" ", "")),
                digest_of(visit),
                MOST_ATTEMPTS,
            )
            if study is not None:
                await note_study_rights(tx, study, Action.EXECUTE, "a link was opened by its code")
            standing = (
                await rows.find_link_standing(tx, digest_of(secret), MOST_ATTEMPTS)
                if study is None
                else None
            )
        if study is None:
            raise LinkRefused(_why_refused(standing))
        return Visit(visit, study)

    async def principal_of(self, secret: str, /) -> Principal | None:
        """Return who came by the code of a link that still holds, bound to look at its study."""
        async with self._database.statement() as tx:
            found = await rows.find_study_link(tx, digest_of(secret))
        if found is None:
            return None
        viewer = person_viewer(
            found.user_name,
            found.person_ref,
            tuple(map(Role, found.roles)),
            departments=found.departments,
            physician_ids=found.physician_ids,
        )
        name = f"link {found.link_ref} of {found.user_name}"
        return Principal(
            name,
            "Visitor",
            frozenset({Permission.OPEN_STUDIES}),
            study_instance_uid=found.study_instance_uid,
            viewer=replace(
                viewer,
                kind=ViewerKind.LINK,
                name=name,
                study_instance_uid=found.study_instance_uid,
            ),
        )

    async def of_study(self, viewer: Viewer, study_instance_uid: str) -> Sequence[StudyLink]:
        """List the links to a study that somebody sees.

        Raises:
            NoSuchLink: the study is not here for them.
        """
        if study_instance_uid not in await self._access.seen(viewer, [study_instance_uid]):
            raise NoSuchLink("this archive does not hold that study")
        async with self._database.statement() as tx:
            return await rows.study_links_of(
                tx, study_instance_uid=study_instance_uid, user_name=None
            )

    async def all(self, user_name: str | None = None) -> Sequence[StudyLink]:
        """List the links of one person, or of everybody."""
        async with self._database.statement() as tx:
            return await rows.study_links_of(tx, study_instance_uid=None, user_name=user_name)

    async def revoke(self, link_ref: int, by: str | None) -> None:
        """Take back a link; `by` is its maker, None for whoever may take back any.

        Raises:
            NoSuchLink: there is none of theirs that holds.
        """
        async with self._database.transaction() as tx:
            if not await rows.revoke_study_link(tx, link_ref, by):
                raise NoSuchLink("there is no such link of yours")
            subject = Subject(SubjectKind.RESOURCE, f"link {link_ref}")
            await note(
                tx,
                security_alert(EventType.OBJECT_SECURITY_CHANGED, subject, action=Action.DELETE),
            )


def _why_refused(standing: LinkStanding | None) -> str:
    """Say why a link opens nothing; whoever has its 256 bits may know how it stands."""
    if standing is None:
        return "there is no such link: copy all of it from the message"
    if standing.is_revoked:
        return f"this link was taken back: {_ASK}"
    if standing.is_over:
        return f"this link has expired: {_ASK}"
    if standing.is_used:
        return f"its code was used before, and serves once: {_ASK}"
    if not standing.attempts_left:
        return f"a wrong code was typed too often: {_ASK}"
    left = "once" if standing.attempts_left == 1 else f"{standing.attempts_left} times"
    return f"this is not the code of the link; you can try {left} more"


def _new_code() -> str:
    return f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}d}"


def _code_hash(secret: str, code: str) -> bytes:
    """Return the digest of a code together with its link: few digits alone are soon tried out."""
    return digest_of(f"{secret} {code}")
