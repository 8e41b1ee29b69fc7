"""Looks at studies: noted once for each viewer, study and five minutes.

A viewer fetches thousands of frames of a study. PS3.15 A.5.3.6 lets them be one event, which is
noted in the transaction of the first. What was noted is remembered in this process alone, and
only after its transaction has ended well: another process, or a restart, notes it once more.
"""

from collections.abc import Hashable, Sequence
from time import monotonic
from typing import Final

from sonarium.db.transaction import Transaction
from sonarium.domain.audit import (
    APPLICATION,
    Action,
    Actor,
    ActorKind,
    AuditEvent,
    EventID,
    Participant,
    ParticipantRole,
    Subject,
)
from sonarium.index.audit import AuditedStudy, audited_studies
from sonarium.services.audit.acting import who_acts
from sonarium.services.audit.trail import about_study, note, study_subjects

TOGETHER_S: Final = 300.0
_MOST: Final = 20_000


class RecentNotes:
    """Remembers what was noted within the last five minutes."""

    def __init__(self) -> None:
        self._noted_at: dict[Hashable, float] = {}

    def has(self, key: Hashable) -> bool:
        """Tell whether it was noted of late."""
        at = self._noted_at.get(key)
        return at is not None and monotonic() - at < TOGETHER_S

    def remember(self, keys: Sequence[Hashable]) -> None:
        """Take what is noted now; the oldest is forgotten when there is much."""
        now = monotonic()
        for key in keys:
            self._noted_at.pop(key, None)
            self._noted_at[key] = now
        while len(self._noted_at) > _MOST:
            del self._noted_at[next(iter(self._noted_at))]


async def note_look(tx: Transaction, studies: Sequence[str], event: EventID) -> None:
    """Say that whoever acts looked at studies, or took them with them."""
    await note(tx, *(_look(study, event) for study in await audited_studies(tx, studies)))


async def note_sending(tx: Transaction, studies: Sequence[str], destination: Actor) -> None:
    """Say that objects of studies are going to be sent to somebody (PS3.15 A.5.3.3)."""
    asked_by = who_acts()
    participants = [
        Participant(APPLICATION, is_requestor=False, role=ParticipantRole.SOURCE),
        Participant(
            destination,
            is_requestor=destination.name == asked_by.name,
            role=ParticipantRole.DESTINATION,
        ),
    ]
    if destination.name != asked_by.name:
        participants.append(Participant(asked_by))
    await note(
        tx,
        *(
            about_study(
                EventID.BEGIN_TRANSFERRING,
                Action.EXECUTE,
                _subjects(study),
                participants=participants,
            )
            for study in await audited_studies(tx, studies)
        ),
    )


async def note_copy(tx: Transaction, study_instance_uid: str, target: str, what: str) -> None:
    """Say that whoever acts took a copy out of the archive (PS3.15 A.5.3.4)."""
    media = Actor(ActorKind.APPLICATION, target)
    participants = [
        Participant(who_acts()),
        Participant(media, is_requestor=False, role=ParticipantRole.DESTINATION_MEDIA),
    ]
    for study in await audited_studies(tx, [study_instance_uid]):
        event = about_study(
            EventID.EXPORT,
            Action.READ,
            _subjects(study),
            participants=participants,
            reason=what,
        )
        await note(tx, event)


async def note_deletion(tx: Transaction, study_instance_uid: str) -> None:
    """Say that whoever acts deletes a study (PS3.15 A.5.3.8), while its row is still there."""
    await note(
        tx,
        *(
            about_study(EventID.STUDY_DELETED, Action.DELETE, _subjects(study))
            for study in await audited_studies(tx, [study_instance_uid])
        ),
    )


def _look(study: AuditedStudy, event: EventID) -> AuditEvent:
    action = Action.READ if event is EventID.INSTANCES_ACCESSED else Action.EXECUTE
    return about_study(event, action, _subjects(study))


def _subjects(study: AuditedStudy) -> Sequence[Subject]:
    return study_subjects(
        study.study_instance_uid,
        study.patient_id,
        study.patient_name,
        sensitivity=study.sensitivity,
    )
