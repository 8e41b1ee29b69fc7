"""What waits for an administrator: the shapes behind the JSON API."""

from typing import Self

import msgspec

from sonarium.faces.ui_api.model import UIModel
from sonarium.services.dead_letters import DeadLetter
from sonarium.services.quarantine import QuarantinedObject
from sonarium.services.scrub import DamagedInstance, ScrubStatus


class QuarantinedDetail(UIModel, frozen=True):
    """An object that was accepted and is not served; moments are in UTC."""

    number: int
    reason: str
    sop_instance_uid: str = msgspec.field(name="sopInstanceUID")
    study_instance_uid: str = msgspec.field(name="studyInstanceUID")
    door: str
    calling_ae_title: str
    address: str
    received_at: str
    discarded_at: str | None
    discarded_by: str
    has_rival: bool
    """Another object is kept under its SOP Instance UID."""

    @classmethod
    def of(cls, one: QuarantinedObject) -> Self:
        """Return an object for the page."""
        return cls(
            number=one.quarantine_ref,
            reason=one.reason,
            sop_instance_uid=one.sop_instance_uid,
            study_instance_uid=one.study_instance_uid,
            door=str(one.source.get("door", "")),
            calling_ae_title=str(one.source.get("calling_ae_title", "")),
            address=str(one.source.get("address", "")),
            received_at=one.received_at.isoformat(),
            discarded_at=None if one.discarded_at is None else one.discarded_at.isoformat(),
            discarded_by=one.discarded_by,
            has_rival=one.has_rival,
        )


class QuarantinePage(UIModel, frozen=True):
    """Some objects set aside, newest first."""

    objects: list[QuarantinedDetail]
    has_more: bool


class DeadLetterDetail(UIModel, frozen=True):
    """A job that failed for good."""

    number: int
    task: str
    attempts: int
    failed_at: str

    @classmethod
    def of(cls, letter: DeadLetter) -> Self:
        """Return a job for the page."""
        return cls(
            number=letter.job_id,
            task=letter.task,
            attempts=letter.attempts,
            failed_at=letter.failed_at.isoformat(),
        )


class DeadLetterList(UIModel, frozen=True):
    """Jobs that failed for good, the latest first."""

    jobs: list[DeadLetterDetail]


class DamagedDetail(UIModel, frozen=True):
    """A stored object whose bytes are no longer those that came."""

    study_instance_uid: str = msgspec.field(name="studyInstanceUID")
    sop_instance_uid: str = msgspec.field(name="sopInstanceUID")
    damaged_at: str

    @classmethod
    def of(cls, one: DamagedInstance) -> Self:
        """Return an object for the page."""
        return cls(
            study_instance_uid=one.study_instance_uid,
            sop_instance_uid=one.sop_instance_uid,
            damaged_at=one.damaged_at.isoformat(),
        )


class CheckState(UIModel, frozen=True):
    """How far reading all stored objects again has come; a pass not begun has no moments."""

    started_at: str | None
    finished_at: str | None
    instances: int
    bytes: int
    damaged: list[DamagedDetail]

    @classmethod
    def of(cls, status: ScrubStatus) -> Self:
        """Return the state for the page."""
        latest = status.latest
        finished = None if latest is None else latest.finished_at
        return cls(
            started_at=None if latest is None else latest.started_at.isoformat(),
            finished_at=None if finished is None else finished.isoformat(),
            instances=0 if latest is None else latest.instances,
            bytes=0 if latest is None else latest.bytes,
            damaged=[DamagedDetail.of(one) for one in status.damaged],
        )
