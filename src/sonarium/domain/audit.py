"""What an audit record says, in the words of the DICOM audit message (PS3.15 A.5).

Patient identity may stand here, and nowhere else outside a patient's own studies.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from secrets import token_hex
from types import MappingProxyType
from typing import Final


class EventID(StrEnum):
    """What kind of thing happened (PS3.16 CID 400)."""

    APPLICATION_ACTIVITY = "110100"
    AUDIT_LOG_USED = "110101"
    BEGIN_TRANSFERRING = "110102"
    INSTANCES_ACCESSED = "110103"
    INSTANCES_TRANSFERRED = "110104"
    STUDY_DELETED = "110105"
    EXPORT = "110106"
    IMPORT = "110107"
    PATIENT_RECORD = "110110"
    QUERY = "110112"
    SECURITY_ALERT = "110113"
    USER_AUTHENTICATION = "110114"


class EventType(StrEnum):
    """Which of its kind (PS3.16 CID 401)."""

    APPLICATION_START = "110120"
    APPLICATION_STOP = "110121"
    LOGIN = "110122"
    LOGOUT = "110123"
    NODE_AUTHENTICATION = "110126"
    EMERGENCY_OVERRIDE_STARTED = "110127"
    NETWORK_CONFIGURATION = "110128"
    SECURITY_CONFIGURATION = "110129"
    RESTRICTED_FUNCTION = "110132"
    OBJECT_SECURITY_CHANGED = "110135"
    SECURITY_ROLES_CHANGED = "110136"
    USER_SECURITY_CHANGED = "110137"
    EMERGENCY_OVERRIDE_STOPPED = "110138"


MEANINGS: Final[Mapping[EventID | EventType, str]] = MappingProxyType(
    {
        EventID.APPLICATION_ACTIVITY: "Application Activity",
        EventID.AUDIT_LOG_USED: "Audit Log Used",
        EventID.BEGIN_TRANSFERRING: "Begin Transferring DICOM Instances",
        EventID.INSTANCES_ACCESSED: "DICOM Instances Accessed",
        EventID.INSTANCES_TRANSFERRED: "DICOM Instances Transferred",
        EventID.STUDY_DELETED: "DICOM Study Deleted",
        EventID.EXPORT: "Export",
        EventID.IMPORT: "Import",
        EventID.PATIENT_RECORD: "Patient Record",
        EventID.QUERY: "Query",
        EventID.SECURITY_ALERT: "Security Alert",
        EventID.USER_AUTHENTICATION: "User Authentication",
        EventType.APPLICATION_START: "Application Start",
        EventType.APPLICATION_STOP: "Application Stop",
        EventType.LOGIN: "Login",
        EventType.LOGOUT: "Logout",
        EventType.NODE_AUTHENTICATION: "Node Authentication",
        EventType.EMERGENCY_OVERRIDE_STARTED: "Emergency Override Started",
        EventType.NETWORK_CONFIGURATION: "Network Configuration",
        EventType.SECURITY_CONFIGURATION: "Security Configuration",
        EventType.RESTRICTED_FUNCTION: "Use of Restricted Function",
        EventType.OBJECT_SECURITY_CHANGED: "Object Security Attributes Changed",
        EventType.SECURITY_ROLES_CHANGED: "Security Roles Changed",
        EventType.USER_SECURITY_CHANGED: "User security Attributes Changed",
        EventType.EMERGENCY_OVERRIDE_STOPPED: "Emergency Override Stopped",
    }
)
"""Code Meanings of the DICOM Controlled Terminology (PS3.16 Annex D)."""


class Action(StrEnum):
    """What was done (PS3.15 A.5.2.1)."""

    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    EXECUTE = "E"


class Outcome(IntEnum):
    """How it ended (PS3.15 A.5.2.1)."""

    SUCCESS = 0
    MINOR_FAILURE = 4
    SERIOUS_FAILURE = 8
    MAJOR_FAILURE = 12


class ActorKind(StrEnum):
    """What somebody is to us."""

    PERSON = "person"
    PROGRAM = "program"
    DEVICE = "device"
    LINK = "link"
    """Whoever holds a link to one study."""
    MACHINE = "machine"
    """Somebody at the command line of this machine."""
    APPLICATION = "application"
    """Sonarium itself: its jobs, its start and its end."""
    UNKNOWN = "unknown"
    """Somebody who did not prove who they are; the name is what they said."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, or is acted with."""

    kind: ActorKind
    name: str
    """User name, client id or AE title."""
    address: str = ""
    """IP address; empty for this machine."""
    display_name: str = ""


APPLICATION: Final = Actor(ActorKind.APPLICATION, "sonarium", display_name="Sonarium")


class ParticipantRole(StrEnum):
    """What an actor was to the event (PS3.16 CID 402)."""

    APPLICATION = "110150"
    APPLICATION_LAUNCHER = "110151"
    DESTINATION = "110152"
    SOURCE = "110153"
    DESTINATION_MEDIA = "110154"
    SOURCE_MEDIA = "110155"


@dataclass(frozen=True, slots=True)
class Participant:
    """An actor in one event (PS3.15 A.5.2.2)."""

    actor: Actor
    is_requestor: bool = True
    role: ParticipantRole | None = None


class SubjectKind(StrEnum):
    """What an event was about."""

    PATIENT = "patient"
    STUDY = "study"
    QUERY = "query"
    PERSON = "person"
    PROGRAM = "program"
    DEVICE = "device"
    RESOURCE = "resource"
    """An address of ours that was asked for."""
    AUDIT_LOG = "audit log"


@dataclass(frozen=True, slots=True)
class Subject:
    """A participant object (PS3.15 A.5.2.4)."""

    kind: SubjectKind
    identifier: str
    """Patient ID, Study Instance UID, SOP Class UID of a query, user name, …"""
    name: str = ""
    query: str = ""
    details: tuple[tuple[str, str], ...] = ()
    sop_classes: tuple[tuple[str, int], ...] = ()
    """Of a study: SOP Class UID, and the number of instances concerned."""
    sensitivity: str = ""
    """Of a patient who is VIP or confidential (Participant Object Sensitivity)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One thing that happened."""

    event: EventID
    action: Action
    happened_at: datetime
    participants: tuple[Participant, ...]
    types: tuple[EventType, ...] = ()
    outcome: Outcome = Outcome.SUCCESS
    reason: str = ""
    """Why, where that must be said: of a refusal, or in somebody's own words."""
    subjects: tuple[Subject, ...] = ()
    identity: str = field(default_factory=lambda: token_hex(8))
    """Tells this event from all others."""

    @property
    def actor(self) -> Actor:
        """Return who asked for it."""
        asked = (one.actor for one in self.participants if one.is_requestor)
        return next(asked, self.participants[0].actor)

    def subject(self, kind: SubjectKind) -> Subject | None:
        """Return the first subject of a kind."""
        return next((one for one in self.subjects if one.kind is kind), None)
