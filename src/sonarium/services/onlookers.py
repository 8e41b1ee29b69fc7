"""Who may see a study, and why: for people, in words.

The predicate in `index.visibility` decides; this tells its reasons for everybody at once, and a
test holds the two together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sonarium.base.errors import RequestError
from sonarium.db.pool import Database
from sonarium.domain.access import EVERY_DEPARTMENT, Confidentiality, Reason, Viewer
from sonarium.domain.principal import Person, Role, reasons_of
from sonarium.index.folding import fold
from sonarium.index.grants import Grant, StudyReasons, find_reasons_of_study, grants_of_study
from sonarium.index.people import all_people
from sonarium.services.access import AccessService

_CARE: Final = Reason.CARE_TEAM


class NoSuchStudy(RequestError):
    """The study is not here for whoever asks."""


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Somebody who may see a study: by what they are, and by what was granted."""

    person: Person
    reasons: tuple[Reason, ...]
    """Without those that were granted."""
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can be let into a care team."""

    user_name: str
    display_name: str
    roles: tuple[Role, ...]


class OnlookerService:
    """Tells who may see a study."""

    def __init__(self, database: Database, access: AccessService) -> None:
        self._database = database
        self._access = access

    async def of_study(self, viewer: Viewer, study_instance_uid: str) -> list[Onlooker]:
        """List who may see a study, by name; whoever is not of the care sees only themselves.

        Raises:
            NoSuchStudy: the study is not here for them.
        """
        async with self._access.looking(viewer) as tx:
            study = await find_reasons_of_study(tx, study_instance_uid)
        if study is None:
            raise NoSuchStudy("this archive does not hold that study")
        async with self._database.transaction() as tx:
            people = await all_people(tx)
            grants = await grants_of_study(tx, study_instance_uid)
        found = [one for one in (_onlooker(it, study, grants) for it in people) if one]
        if _CARE in viewer.reasons:
            return found
        return [one for one in found if one.person.person_ref == viewer.person_ref]

    async def colleagues(self) -> list[Colleague]:
        """List by name who can be let into a care team."""
        async with self._database.transaction() as tx:
            people = await all_people(tx)
        return [
            Colleague(one.user_name, one.display_name, one.roles)
            for one in people
            if one.is_active and _CARE in reasons_of(one.roles)
        ]


def _onlooker(person: Person, study: StudyReasons, grants: Sequence[Grant]) -> Onlooker | None:
    counting = reasons_of(person.roles)
    own = tuple(reason for reason in _reasons(person, study) if reason in counting)
    given = tuple(
        one
        for one in grants
        if one.user_name == person.user_name and Reason(one.reason) in counting
    )
    return Onlooker(person, own, given) if person.is_active and (own or given) else None


def _reasons(person: Person, study: StudyReasons) -> list[Reason]:
    """Return what of a study is a reason for somebody, whether or not it counts for their role."""
    departments = {fold(one) for one in person.departments}
    is_of_theirs = EVERY_DEPARTMENT in departments or study.department in departments
    found = []
    if is_of_theirs and study.confidentiality != Confidentiality.CONFIDENTIAL:
        found.append(Reason.DEPARTMENT)
    if set(person.physician_ids) & set(study.physician_ids):
        found.append(Reason.ORDERING_OR_READING)
    if study.is_teaching:
        found.append(Reason.TEACHING)
    return found
