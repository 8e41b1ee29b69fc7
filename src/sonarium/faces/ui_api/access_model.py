"""Who sees what: the shapes behind the JSON API."""

from datetime import datetime
from typing import Annotated, Literal, Self

import msgspec

from sonarium.domain.access import Confidentiality, Reason
from sonarium.domain.principal import Role
from sonarium.faces.ui_api.model import UIModel
from sonarium.services.grants import ConfidentialPatient, Grant, Target, Verdict
from sonarium.services.onlookers import Onlooker
from sonarium.services.study_links import StudyLink

Text = Annotated[str, msgspec.Meta(max_length=500)]
Number = Annotated[str, msgspec.Meta(max_length=64)]
Name = Annotated[str, msgspec.Meta(max_length=128)]
Names = Annotated[list[Name], msgspec.Meta(max_length=200)]


class AccessTarget(UIModel, frozen=True, forbid_unknown_fields=True):
    """A study or patient by one of its numbers, exactly; the others are empty."""

    study_instance_uid: Number = msgspec.field(name="studyInstanceUID", default="")
    patient_id: Number = msgspec.field(name="patientID", default="")
    accession_number: Number = ""

    def target(self) -> Target:
        """Return what is meant."""
        return Target(self.study_instance_uid, self.patient_id, self.accession_number)


class NewGrant(UIModel, frozen=True, forbid_unknown_fields=True):
    """Whom to let see what, why, and for how many days."""

    user_name: Name
    target: AccessTarget
    reason: Literal["care_team", "grant", "own_record"]
    why: Text
    days: Annotated[int, msgspec.Meta(ge=1, le=3660)]


class CareTeamMember(UIModel, frozen=True, forbid_unknown_fields=True):
    """Who looks after a study's patient too, and for how many days."""

    user_name: Name
    days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 30


class BrokenGlass(UIModel, frozen=True, forbid_unknown_fields=True):
    """What to open in an emergency, and why."""

    target: AccessTarget
    why: Text


class GrantDetail(UIModel, frozen=True):
    """A reason that is written down; an emergency has its review. Moments in UTC."""

    grant_ref: int
    user_name: str
    study_instance_uid: str | None = msgspec.field(name="studyInstanceUID")
    patient_id: str | None = msgspec.field(name="patientID")
    reason: str
    why: str
    granted_by: str
    granted_at: str
    expires_at: str
    revoked_at: str | None
    reviewed_at: str | None
    reviewed_by: str | None
    verdict: str | None
    remark: str | None

    @classmethod
    def of(cls, grant: Grant) -> Self:
        """Return a grant for the page."""
        return cls(
            grant_ref=grant.grant_ref,
            user_name=grant.user_name,
            study_instance_uid=grant.study_instance_uid,
            patient_id=grant.patient_id,
            reason=grant.reason,
            why=grant.why,
            granted_by=grant.granted_by,
            granted_at=grant.granted_at.isoformat(),
            expires_at=grant.expires_at.isoformat(),
            revoked_at=_moment(grant.revoked_at),
            reviewed_at=_moment(grant.reviewed_at),
            reviewed_by=grant.reviewed_by,
            verdict=grant.verdict,
            remark=grant.remark,
        )


class OnlookerDetail(UIModel, frozen=True):
    """Somebody who may see a study, by what they are and by what was granted."""

    user_name: str
    display_name: str
    roles: list[Role]
    reasons: list[Reason]
    grants: list[GrantDetail]

    @classmethod
    def of(cls, onlooker: Onlooker) -> Self:
        """Return somebody for the page."""
        return cls(
            user_name=onlooker.person.user_name,
            display_name=onlooker.person.display_name,
            roles=list(onlooker.person.roles),
            reasons=list(onlooker.reasons),
            grants=[GrantDetail.of(one) for one in onlooker.grants],
        )


class OnlookerList(UIModel, frozen=True):
    """Who may see a study, by name."""

    people: list[OnlookerDetail]


class ColleagueDetail(UIModel, frozen=True):
    """Somebody who can be let into a care team."""

    user_name: str
    display_name: str
    roles: list[Role]


class ColleagueList(UIModel, frozen=True):
    """Who can be let into a care team, by name."""

    people: list[ColleagueDetail]


class GrantList(UIModel, frozen=True):
    """Grants, newest first; emergencies that wait for a review, oldest first."""

    grants: list[GrantDetail]


class GrantRefs(UIModel, frozen=True):
    """What was written: one for each study or patient that was meant."""

    grant_refs: list[int]


class Review(UIModel, frozen=True, forbid_unknown_fields=True):
    """What an auditor found."""

    verdict: Verdict
    remark: Text = ""


class PatientConfidentiality(UIModel, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a patient's studies are shown, and what lists call them.

    The patient is named by Patient ID or, as is the only way where there is none, by a study.
    """

    patient_id: Number = msgspec.field(name="patientID", default="")
    study_instance_uid: Number = msgspec.field(name="studyInstanceUID", default="")
    confidentiality: Confidentiality
    alias: Name = ""

    def target(self) -> Target:
        """Return who is meant."""
        return Target(self.study_instance_uid, self.patient_id)


class ConfidentialPatientDetail(UIModel, frozen=True):
    """A patient who is VIP or confidential; one of the numbers is empty."""

    patient_id: str = msgspec.field(name="patientID")
    study_instance_uid: str = msgspec.field(name="studyInstanceUID")
    confidentiality: Confidentiality
    alias: str
    studies: int

    @classmethod
    def of(cls, patient: ConfidentialPatient) -> Self:
        """Return a patient for the page."""
        return cls(
            patient_id=patient.patient_id,
            study_instance_uid=patient.lone_study_uid,
            confidentiality=Confidentiality(patient.confidentiality),
            alias=patient.alias,
            studies=patient.studies,
        )


class ConfidentialPatientList(UIModel, frozen=True):
    """Who is VIP or confidential."""

    patients: list[ConfidentialPatientDetail]


class Teaching(UIModel, frozen=True, forbid_unknown_fields=True):
    """Whether a study is a teaching case."""

    is_teaching: bool


class PersonReasons(UIModel, frozen=True, forbid_unknown_fields=True):
    """In which departments somebody works (`*`: every one), and by which codes studies name them,
    each `VALUE^SCHEME`."""

    departments: Names
    physician_ids: Names = msgspec.field(name="physicianIDs")


class ProgramDepartments(UIModel, frozen=True, forbid_unknown_fields=True):
    """Whose studies a program sees; `*`: every department's. And of which department is what it
    stores without naming one; empty: of none; without it: as before."""

    departments: Names
    department: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class NewStudyLink(UIModel, frozen=True, forbid_unknown_fields=True):
    """For whom, and for how many days."""

    recipient: Name
    days: Annotated[int, msgspec.Meta(ge=1, le=7)]


class StudyLinkSecret(UIModel, frozen=True):
    """A path of this site to send, and a code to tell by another way; both shown once."""

    link_ref: int
    path: str
    code: str


class StudyLinkDetail(UIModel, frozen=True):
    """A link to one study. Moments in UTC."""

    link_ref: int
    study_instance_uid: str = msgspec.field(name="studyInstanceUID")
    user_name: str
    recipient: str
    made_at: str
    expires_at: str
    revoked_at: str | None
    opened: int
    opened_at: str | None
    waits_for_code: bool

    @classmethod
    def of(cls, link: StudyLink) -> Self:
        """Return a link for the page."""
        return cls(
            link_ref=link.link_ref,
            study_instance_uid=link.study_instance_uid,
            user_name=link.user_name,
            recipient=link.recipient,
            made_at=link.made_at.isoformat(),
            expires_at=link.expires_at.isoformat(),
            revoked_at=_moment(link.revoked_at),
            opened=link.opened,
            opened_at=_moment(link.opened_at),
            waits_for_code=link.waits_for_code,
        )


class StudyLinkList(UIModel, frozen=True):
    """Links, newest first."""

    links: list[StudyLinkDetail]


class LinkVisit(UIModel, frozen=True, forbid_unknown_fields=True):
    """The secret of a link, and the code that was told by another way."""

    secret: Name
    code: Annotated[str, msgspec.Meta(max_length=16)]


class VisitedStudy(UIModel, frozen=True):
    """The study that a visitor may look at."""

    study_instance_uid: str = msgspec.field(name="studyInstanceUID")


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
