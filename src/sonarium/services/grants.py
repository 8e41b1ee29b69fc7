"""Reasons to see what no department gives: grants, care teams, emergencies, confidentiality.

Breaking the glass opens a patient or a study for four hours to whoever says why. Auditors hear of
it as it commits, and judge it afterwards; nobody judges their own.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sonarium.base.errors import RequestError
from sonarium.db.pool import Database
from sonarium.domain.access import (
    EVERY_DEPARTMENT,
    SYSTEM,
    Confidentiality,
    Reason,
    Viewer,
)
from sonarium.domain.audit import Action, SubjectKind
from sonarium.index import grants as rows
from sonarium.index.grants import ConfidentialPatient, Grant, Target, TargetRow
from sonarium.services.access import AccessService
from sonarium.services.audit.rights import (
    note_grants,
    note_patient_rights,
    note_reasons,
    note_study_rights,
)

__all__ = [
    "ConfidentialPatient",
    "Grant",
    "GrantService",
    "NotAllowed",
    "NothingThere",
    "Target",
    "Verdict",
]

BREAK_GLASS_LASTS: Final = timedelta(hours=4)
LONGEST_GRANT: Final = timedelta(days=366)
LONGEST_OWN_RECORD: Final = timedelta(days=10 * 366)
_SHORTEST_WHY: Final = 10
_LONGEST_TEXT: Final = 500
_MOST_TARGETS: Final = 100
_MOST_LISTED: Final = 10_000


class NothingThere(RequestError):
    """No study, patient, person or grant is there by that number or name."""


class NotAllowed(RequestError):
    """Their role does not give them this; the message says what."""


class InvalidGrant(RequestError):
    """It cannot be granted so; the message says why."""


class Verdict(StrEnum):
    """What an auditor found of an emergency."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


class GrantService:
    """Gives and takes back reasons to see studies."""

    def __init__(self, database: Database, access: AccessService) -> None:
        self._database = database
        self._access = access

    async def add(
        self,
        viewer: Viewer,
        user_name: str,
        target: Target,
        reason: Reason,
        *,
        why: str,
        lifetime: timedelta,
    ) -> Sequence[int]:
        """Let somebody else see a study or a patient; `SYSTEM` grants at the machine.

        Whoever grants must not gain by it themselves.

        Raises:
            InvalidGrant: the reason cannot be granted, or why and how long are amiss.
            NotAllowed: it would be for oneself.
            NothingThere: no such study, patient or person.
        """
        if reason not in {Reason.CARE_TEAM, Reason.GRANT, Reason.OWN_RECORD}:
            raise InvalidGrant("only care_team, grant and own_record can be granted")
        if viewer.name == user_name and not viewer.is_system:
            raise NotAllowed("somebody else has to let you see it")
        longest = LONGEST_OWN_RECORD if reason is Reason.OWN_RECORD else LONGEST_GRANT
        if not timedelta(0) < lifetime <= longest:
            raise InvalidGrant(f"it holds for {longest.days} days at most")
        _check_text(why, "say in a few words why")
        return await self._write(
            await self._targets(SYSTEM, target), user_name, reason, why, viewer.name, lifetime
        )

    async def add_to_care_team(
        self, viewer: Viewer, user_name: str, study_instance_uid: str, *, lifetime: timedelta
    ) -> Sequence[int]:
        """Let somebody else see a study that one sees oneself.

        Raises:
            InvalidGrant: it would hold too long.
            NothingThere: the study is not here for them, or there is nobody by that name.
        """
        if not timedelta(0) < lifetime <= LONGEST_GRANT:
            raise InvalidGrant(f"it holds for {LONGEST_GRANT.days} days at most")
        targets = await self._targets(viewer, Target(study_instance_uid=study_instance_uid))
        why = "looks after the patient"
        return await self._write(targets, user_name, Reason.CARE_TEAM, why, viewer.name, lifetime)

    async def break_glass(self, viewer: Viewer, target: Target, why: str) -> Sequence[int]:
        """Open a patient or a study in an emergency, for four hours.

        Raises:
            NotAllowed: their role breaks no glass.
            InvalidGrant: no reason is given.
            NothingThere: nothing is there by exactly that number.
        """
        if Reason.BREAK_GLASS not in viewer.reasons or viewer.person_ref is None:
            raise NotAllowed("your role breaks no glass")
        if len(why.strip()) < _SHORTEST_WHY:
            raise InvalidGrant("say why, in a sentence: somebody will read it")
        _check_text(why, "say why, in a sentence")
        targets = await self._targets(SYSTEM, target)
        return await self._write(
            targets, viewer.name, Reason.BREAK_GLASS, why, viewer.name, BREAK_GLASS_LASTS
        )

    async def all(
        self, *, user_name: str | None = None, reason: Reason | None = None, only_valid: bool = True
    ) -> list[Grant]:
        """List what was granted, newest first."""
        async with self._database.statement() as tx:
            return await rows.grants(tx, user_name=user_name, reason=reason, only_valid=only_valid)

    async def revoke(self, grant_ref: int, by: str) -> None:
        """Take back what was granted.

        Raises:
            NothingThere: nothing is left to take back.
        """
        async with self._database.transaction() as tx:
            if not await rows.revoke_grant(tx, grant_ref, by):
                raise NothingThere("there is no such grant, or it was taken back before")
            await note_grants(tx, [grant_ref], Action.DELETE)

    async def take_from_care_team(self, grant_ref: int, by: str) -> None:
        """Take back that somebody looks after a patient; whoever let them may.

        Raises:
            NothingThere: there is none of theirs that holds.
        """
        await self._revoke_given(grant_ref, by, Reason.CARE_TEAM)

    async def end_emergency(self, grant_ref: int, by: str) -> None:
        """End one's own emergency before its time; its review still waits.

        Raises:
            NothingThere: there is none of theirs that holds.
        """
        await self._revoke_given(grant_ref, by, Reason.BREAK_GLASS)

    async def unreviewed(self) -> list[Grant]:
        """List emergencies that wait for an auditor, oldest first."""
        async with self._database.statement() as tx:
            return await rows.unreviewed_break_glass(tx)

    async def judged(self) -> list[Grant]:
        """List emergencies that were judged, latest verdict first."""
        async with self._database.statement() as tx:
            return await rows.judged_break_glass(tx)

    async def review(self, grant_ref: int, verdict: Verdict, remark: str, by: str) -> None:
        """Judge an emergency.

        Raises:
            NothingThere: it is judged already, is one's own, or is none.
        """
        _check_text(remark, "a remark is short", may_be_empty=True)
        async with self._database.transaction() as tx:
            if not await rows.review_break_glass(
                tx, grant_ref, by=by, verdict=verdict, remark=remark
            ):
                raise NothingThere("it waits for no judgement of yours")
            said = f"the emergency was judged {verdict.replace('_', ' ')}: {remark}"
            await note_grants(tx, [grant_ref], Action.UPDATE, said.rstrip(": "))

    async def set_confidentiality(
        self, target: Target, confidentiality: Confidentiality, alias: str
    ) -> None:
        """Say how a patient's studies are shown, and what lists call them.

        The patient is named by Patient ID, or by one of their studies; a study without a Patient
        ID is shown so alone.

        Raises:
            InvalidGrant: not exactly one of both names the patient.
            NothingThere: there is no such patient or study.
        """
        patient_id, study = target.patient_id, target.study_instance_uid
        if bool(patient_id) == bool(study):
            raise InvalidGrant("name the patient by Patient ID, or by a Study Instance UID")
        _check_text(alias, "an alias is short", may_be_empty=True)
        async with self._database.transaction() as tx:
            if not await rows.set_confidentiality(tx, target, confidentiality, alias.strip()):
                raise NothingThere("nothing is there by exactly this number")
            said = f"their studies are now {confidentiality}"
            if study:
                await note_study_rights(tx, study, Action.UPDATE, said)
            else:
                await note_patient_rights(tx, patient_id, said)

    async def confidential(self) -> list[ConfidentialPatient]:
        """List who is VIP or confidential, by number and alias."""
        async with self._database.statement() as tx:
            return await rows.confidential_patients(tx, _MOST_LISTED)

    async def put_teaching(self, study_instance_uid: str, *, is_teaching: bool) -> None:
        """Make a study a teaching case, or none any more.

        Raises:
            NothingThere: it is not here, or an object of it tells whose it is (0012,0062).
        """
        async with self._database.transaction() as tx:
            if not await rows.put_teaching(tx, study_instance_uid, is_teaching=is_teaching):
                raise NothingThere(
                    "the study is not here, or not all of its objects say that the patient's "
                    "identity was removed"
                )
            said = "a teaching case" if is_teaching else "no teaching case any more"
            await note_study_rights(tx, study_instance_uid, Action.UPDATE, said)

    async def set_reasons_of_person(
        self,
        user_name: str,
        departments: Sequence[str] | None,
        physician_ids: Sequence[str] | None,
        by: str | None = None,
    ) -> None:
        """Set in which departments somebody works, and by which codes studies name them.

        None leaves them as they are. `by` is whoever asks; None for the command line.

        Raises:
            InvalidGrant: one of them cannot be, or they are one's own.
            NothingThere: there is nobody by this name.
        """
        check_departments(departments or ())
        check_physician_ids(physician_ids or ())
        if by == user_name:
            raise InvalidGrant(
                "nobody gives reasons to themselves: another administrator has to, or "
                "`sonarium user change` at the machine"
            )
        async with self._database.transaction() as tx:
            if not await rows.set_reasons_of_person(tx, user_name, departments, physician_ids):
                raise NothingThere("there is nobody by this user name")
            said = f"departments: {_told(departments)}; physician ids: {_told(physician_ids)}"
            await note_reasons(tx, SubjectKind.PERSON, user_name, said)

    async def set_departments_of_client(
        self, client_id: str, departments: Sequence[str] | None, department: str | None = None
    ) -> None:
        """Set whose studies a program sees, and of which department is what it stores.

        None leaves them as they are; an empty department is none.

        Raises:
            InvalidGrant: a department cannot be.
            NothingThere: there is no program by this id.
        """
        check_departments(departments or ())
        check_own_department(department or "")
        async with self._database.transaction() as tx:
            if not await rows.set_departments_of_client(tx, client_id, departments, department):
                raise NothingThere("there is no program by this client id")
            own = None if department is None else [department] if department else []
            said = f"departments: {_told(departments)}; stores for: {_told(own)}"
            await note_reasons(tx, SubjectKind.PROGRAM, client_id, said)

    async def _revoke_given(self, grant_ref: int, by: str, reason: Reason) -> None:
        async with self._database.transaction() as tx:
            if not await rows.revoke_given(tx, grant_ref, by, reason):
                raise NothingThere("there is none of yours, or it is over already")
            await note_grants(tx, [grant_ref], Action.DELETE)

    async def _targets(self, viewer: Viewer, target: Target) -> list[TargetRow]:
        async with self._access.looking(viewer) as tx:
            found = await rows.find_targets(tx, target)
        if not found:
            raise NothingThere("nothing is there by exactly this number")
        if len(found) > _MOST_TARGETS:
            raise InvalidGrant("too many studies have this number: name one of them")
        return found

    async def _write(
        self,
        targets: Sequence[TargetRow],
        user_name: str,
        reason: Reason,
        why: str,
        by: str,
        lifetime: timedelta,
    ) -> Sequence[int]:
        written = []
        async with self._database.transaction() as tx:
            for target in targets:
                grant_ref = await rows.add_grant(
                    tx, user_name, target, reason, why=why.strip(), by=by, lifetime=lifetime
                )
                if grant_ref is None:
                    raise NothingThere("there is nobody by this user name")
                if reason is Reason.BREAK_GLASS:
                    await rows.tell_break_glass(tx, grant_ref)
                written.append(grant_ref)
            await note_grants(tx, written, Action.CREATE)
        return written


def _told(values: Sequence[str] | None) -> str:
    return "as before" if values is None else ", ".join(values) or "none"


def check_departments(departments: Sequence[str]) -> None:
    """Refuse departments that no study can be of; `*` means every one.

    Raises:
        InvalidGrant: says which.
    """
    for name in departments:
        if not 1 <= len(name.strip()) <= 64 or not name.isprintable():
            raise InvalidGrant("a department has 1 to 64 characters, as (0008,1040) names it")


def check_own_department(department: str) -> None:
    """Refuse a department that nothing sent can be of; empty is none.

    Raises:
        InvalidGrant: says why.
    """
    if department == EVERY_DEPARTMENT:
        raise InvalidGrant("what is sent is of one department, by its name")
    check_departments([department] if department else ())


def check_physician_ids(physician_ids: Sequence[str]) -> None:
    """Refuse codes that cannot be codes.

    Raises:
        InvalidGrant: says how they are written.
    """
    for code in physician_ids:
        if not 1 <= len(code) <= 128 or not code.isprintable() or code != code.strip():
            raise InvalidGrant("a physician's code is written VALUE^SCHEME, as in 4711^LOCAL")


def _check_text(text: str, how: str, *, may_be_empty: bool = False) -> None:
    if len(text) > _LONGEST_TEXT or not (text.strip() or may_be_empty):
        raise InvalidGrant(f"{how} (up to {_LONGEST_TEXT} characters)")
