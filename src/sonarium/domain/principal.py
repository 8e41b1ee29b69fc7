"""Who asks, and what a role may do: plain values and the one table of permissions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sonarium.domain.access import NOBODY, Reason, Viewer, ViewerKind


class Role(StrEnum):
    """What a person is to the department."""

    SONOGRAPHER = "sonographer"
    READING_PHYSICIAN = "reading_physician"
    REFERRING_CLINICIAN = "referring_clinician"
    ADMINISTRATOR = "administrator"
    EDUCATOR = "educator"
    STUDENT = "student"
    MANAGER = "manager"
    AUDITOR = "auditor"
    PATIENT = "patient"


class Permission(StrEnum):
    """A kind of act."""

    OPEN_STUDIES = "open_studies"
    """Find studies, see their images and what was measured."""
    WRITE_STUDIES = "write_studies"
    """Store objects, measure, mark key images."""
    SEE_SYSTEM = "see_system"
    """See how the archive is: what it holds, what waits, what failed."""
    MANAGE_PEOPLE = "manage_people"
    """Add people, give roles, end sessions."""
    MANAGE_DEVICES = "manage_devices"
    """Let devices and programs in."""
    MANAGE_ARCHIVE = "manage_archive"
    """Decide about what was set aside and about work that failed."""
    READ_AUDIT = "read_audit"
    """See who did what."""


_LOOKS: Final = frozenset({Permission.OPEN_STUDIES, Permission.SEE_SYSTEM})
_CLINICAL: Final = _LOOKS | {Permission.WRITE_STUDIES}

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.SONOGRAPHER: _CLINICAL,
        Role.READING_PHYSICIAN: _CLINICAL,
        Role.REFERRING_CLINICIAN: _LOOKS,
        Role.ADMINISTRATOR: _LOOKS
        | {Permission.MANAGE_PEOPLE, Permission.MANAGE_DEVICES, Permission.MANAGE_ARCHIVE},
        Role.EDUCATOR: _LOOKS,
        Role.STUDENT: _LOOKS,
        Role.MANAGER: _LOOKS,
        Role.AUDITOR: _LOOKS | {Permission.READ_AUDIT},
        Role.PATIENT: frozenset({Permission.OPEN_STUDIES}),
    }
)
"""What each role may do. To look at studies is every role's; which studies there are to be seen
is another matter (`REASONS`): an administrator runs the system, and without a reason sees none."""

_CARE: Final = frozenset(
    {Reason.ORDERING_OR_READING, Reason.CARE_TEAM, Reason.GRANT, Reason.BREAK_GLASS}
)

REASONS: Final[Mapping[Role, frozenset[Reason]]] = MappingProxyType(
    {
        Role.SONOGRAPHER: _CARE | {Reason.DEPARTMENT},
        Role.READING_PHYSICIAN: _CARE | {Reason.DEPARTMENT},
        Role.REFERRING_CLINICIAN: _CARE,
        Role.ADMINISTRATOR: frozenset({Reason.GRANT, Reason.BREAK_GLASS}),
        Role.EDUCATOR: frozenset({Reason.TEACHING, Reason.GRANT}),
        Role.STUDENT: frozenset({Reason.TEACHING}),
        Role.MANAGER: frozenset({Reason.GRANT}),
        Role.AUDITOR: frozenset({Reason.GRANT}),
        Role.PATIENT: frozenset({Reason.OWN_RECORD}),
    }
)
"""Which reasons to see a study count for which role."""


class Scope(StrEnum):
    """What a program may do, in the words of SMART Backend Services (system/Resource.acts)."""

    READ_STUDIES = "system/ImagingStudy.rs"
    WRITE_STUDIES = "system/ImagingStudy.c"
    READ_AUDIT = "system/AuditEvent.rs"


SCOPE_PERMISSIONS: Final[Mapping[Scope, frozenset[Permission]]] = MappingProxyType(
    {
        Scope.READ_STUDIES: frozenset({Permission.OPEN_STUDIES, Permission.SEE_SYSTEM}),
        Scope.WRITE_STUDIES: frozenset({Permission.WRITE_STUDIES}),
        Scope.READ_AUDIT: frozenset({Permission.READ_AUDIT}),
    }
)


class WayIn(StrEnum):
    """By what somebody signs in."""

    PASSKEY = "passkey"
    PASSWORD = "password"  # noqa: S105  # the word, not one
    """With the code of an authenticator."""
    PROVIDER = "provider"
    """The site's OpenID Connect provider."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody, or some program, that has proved who it is."""

    name: str
    """User name, or client id."""
    display_name: str
    permissions: frozenset[Permission]
    roles: tuple[Role, ...] = ()
    """Empty for programs."""
    session_ref: int | None = None
    """The session it came by; None for programs."""
    study_instance_uid: str | None = None
    """The only study that it may look at, over DICOMweb alone; None where nothing binds it."""
    viewer: Viewer = NOBODY
    """Which studies it sees."""
    has_proved: bool = False
    """Whether a person proved within the last minutes that it is them; programs cannot."""
    audience: str = ""
    """The beginning of the paths at which a program's token is heard."""
    department: str = ""
    """Of what it stores without naming one in (0008,1040); empty: of none."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a user name here."""

    person_ref: int
    user_name: str
    display_name: str
    roles: tuple[Role, ...]
    is_active: bool
    is_enrolled: bool
    """Whether a way to sign in has been set up."""
    created_at: datetime
    departments: tuple[str, ...] = ()
    physician_ids: tuple[str, ...] = ()
    ways: tuple[WayIn, ...] = ()


@dataclass(frozen=True, slots=True)
class APIClient:
    """A program that may ask for access tokens."""

    client_id: str
    description: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    departments: tuple[str, ...] = ()
    department: str = ""
    """Of what it stores without naming one in (0008,1040); empty: of none."""


def permissions_of(roles: tuple[Role, ...]) -> frozenset[Permission]:
    """Join what several roles may do."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


def reasons_of(roles: tuple[Role, ...]) -> frozenset[Reason]:
    """Join the reasons that count for several roles."""
    return frozenset().union(*(REASONS[role] for role in roles))


def person_viewer(
    user_name: str,
    person_ref: int,
    roles: tuple[Role, ...],
    *,
    departments: Iterable[str],
    physician_ids: Iterable[str],
) -> Viewer:
    """Return a person's view of the studies, by the reasons that count for their roles."""
    return Viewer(
        ViewerKind.PERSON,
        user_name,
        reasons_of(roles),
        person_ref,
        tuple(departments),
        tuple(physician_ids),
    )


def scope_permissions_of(scopes: tuple[Scope, ...]) -> frozenset[Permission]:
    """Join what several scopes allow."""
    return frozenset().union(*(SCOPE_PERMISSIONS[scope] for scope in scopes))
