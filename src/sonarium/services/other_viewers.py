"""Viewers of others, and tokens by which one on somebody's desk looks at one study.

A browser's cookie goes to no other program, so a desktop viewer gets a token. It lies open in the
link that starts the viewer: it opens one study, only to look, over DICOMweb alone, for minutes, and
never longer than the session of whoever asked for it.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from pydantic import BaseModel

from sonarium.base.errors import RequestError
from sonarium.base.secrets import digest_of, new_secret
from sonarium.db.pool import Database
from sonarium.domain.audit import Action, EventType, Subject, SubjectKind
from sonarium.domain.principal import Permission, Principal, Role, permissions_of, person_viewer
from sonarium.index.study_tokens import find_study_token, put_study_token
from sonarium.services.access import AccessService
from sonarium.services.audit.trail import note, security_alert


class NoSuchStudy(RequestError):
    """The study is not here."""


class NotOffered(RequestError):
    """The viewer is not offered here, or not to this principal."""


class ViewerSettings(BaseModel, frozen=True, extra="forbid"):
    """Viewers of others, offered beside our own."""

    ohif: Path | None = None
    """Folder of the OHIF that `sonarium add-on ohif` installs; none: `add-ons/ohif` in the data
    folder."""
    weasis: bool = False
    """Offer to open studies in Weasis, which must be installed on the desk."""
    weasis_token: timedelta = timedelta(minutes=10)
    """How long a link into Weasis opens its study."""


class StudyTokenService:
    """Gives out tokens of one study, and knows who comes by one."""

    def __init__(self, database: Database, access: AccessService, settings: ViewerSettings) -> None:
        self._database = database
        self._access = access
        self._settings = settings

    @property
    def offers_weasis(self) -> bool:
        """Whether Weasis is offered here."""
        return self._settings.weasis

    async def principal_of(self, secret: str, /) -> Principal | None:
        """Return who opened a study with a token that still holds, bound to look at it alone."""
        async with self._database.statement() as tx:
            found = await find_study_token(tx, digest_of(secret))
        if found is None:
            return None
        roles = tuple(map(Role, found.roles))
        viewer = person_viewer(
            found.user_name,
            found.person_ref,
            roles,
            departments=found.departments,
            physician_ids=found.physician_ids,
        )
        return Principal(
            found.user_name,
            found.display_name,
            permissions_of(roles) & {Permission.OPEN_STUDIES},
            study_instance_uid=found.study_instance_uid,
            viewer=replace(viewer, study_instance_uid=found.study_instance_uid),
        )

    async def weasis_link(self, principal: Principal, study: str, dicomweb: str) -> str:
        """Return the link that opens a study in Weasis, with a token in it.

        Args:
            principal: somebody who is signed in and may open studies.
            study: Study Instance UID.
            dicomweb: address of our DICOMweb services.

        Raises:
            NotOffered: Weasis is not offered here, or it is a program that asks.
            NoSuchStudy: the study is not here.
        """
        if not self.offers_weasis:
            raise NotOffered("Weasis is not offered here: the setting is viewers.weasis")
        if principal.session_ref is None:
            raise NotOffered("only a person who is signed in opens studies on a desk")
        if study not in await self._access.seen(principal.viewer, [study]):
            raise NoSuchStudy("this archive does not hold that study")
        secret = new_secret()
        async with self._database.transaction() as tx:
            kept = await put_study_token(
                tx, digest_of(secret), principal.session_ref, study, self._settings.weasis_token
            )
            subject = Subject(SubjectKind.STUDY, study)
            await note(
                tx,
                security_alert(
                    EventType.OBJECT_SECURITY_CHANGED,
                    subject,
                    action=Action.CREATE,
                    reason="a link opens it in Weasis",
                ),
            )
        if not kept:
            raise NoSuchStudy("this archive does not hold that study")
        return weasis_address(dicomweb, study, secret)


def weasis_address(dicomweb: str, study: str, token: str) -> str:
    """Write the link that makes Weasis fetch a study over DICOMweb."""
    command = (
        f'$dicom:rs --url "{dicomweb}" -r "studyUID={study}" -H "Authorization: Bearer {token}"'
    )
    return f"weasis://{quote(command, safe='')}"
