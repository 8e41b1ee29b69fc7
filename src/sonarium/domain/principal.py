"""Who asks, and what a role may do: plain values and the one table of permissions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final


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


_CLINICAL: Final = frozenset(
    {Permission.OPEN_STUDIES, Permission.WRITE_STUDIES, Permission.SEE_SYSTEM}
)

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.SONOGRAPHER: _CLINICAL,
        Role.READING_PHYSICIAN: _CLINICAL,
        Role.REFERRING_CLINICIAN: frozenset({Permission.OPEN_STUDIES, Permission.SEE_SYSTEM}),
        Role.ADMINISTRATOR: frozenset(
            {
                Permission.MANAGE_PEOPLE,
                Permission.MANAGE_DEVICES,
                Permission.MANAGE_ARCHIVE,
                Permission.SEE_SYSTEM,
            }
        ),
        Role.EDUCATOR: frozenset({Permission.SEE_SYSTEM}),
        Role.STUDENT: frozenset({Permission.SEE_SYSTEM}),
        Role.MANAGER: frozenset({Permission.SEE_SYSTEM}),
        Role.AUDITOR: frozenset({Permission.READ_AUDIT, Permission.SEE_SYSTEM}),
        Role.PATIENT: frozenset(),
    }
)
"""What each role may do. An administrator runs the system and sees no images; an auditor sees
what was done and to whom, and no images either."""


class Scope(StrEnum):
    """What a program may do, in the words of SMART Backend Services (system/Resource.acts)."""

    READ_STUDIES = "system/ImagingStudy.rs"
    WRITE_STUDIES = "system/ImagingStudy.c"


SCOPE_PERMISSIONS: Final[Mapping[Scope, frozenset[Permission]]] = MappingProxyType(
    {
        Scope.READ_STUDIES: frozenset({Permission.OPEN_STUDIES, Permission.SEE_SYSTEM}),
        Scope.WRITE_STUDIES: frozenset({Permission.WRITE_STUDIES}),
    }
)


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


@dataclass(frozen=True, slots=True)
class APIClient:
    """A program that may ask for access tokens."""

    client_id: str
    description: str
    scopes: tuple[Scope, ...]
    created_at: datetime


def permissions_of(roles: tuple[Role, ...]) -> frozenset[Permission]:
    """Join what several roles may do."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


def scope_permissions_of(scopes: tuple[Scope, ...]) -> frozenset[Permission]:
    """Join what several scopes allow."""
    return frozenset().union(*(SCOPE_PERMISSIONS[scope] for scope in scopes))
