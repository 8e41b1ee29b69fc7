"""On whose behalf studies are looked at, and the reasons for which a study may be seen.

A study is seen when the role allows the act and a reason exists. Which reasons count for whom is
said in `principal`; whether one exists is decided by one predicate, in `index.visibility`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

EVERY_DEPARTMENT: Final = "*"


class Reason(StrEnum):
    """Why somebody may see a study."""

    DEPARTMENT = "department"
    """The study was made in a department of theirs, and its patient is not confidential."""
    ORDERING_OR_READING = "ordering_or_reading"
    """The study names them, by code, as referring, consulting, performing or reading."""
    CARE_TEAM = "care_team"
    """They look after the patient."""
    GRANT = "grant"
    """Somebody let them."""
    BREAK_GLASS = "break_glass"
    """They opened it in an emergency, and answer for it."""
    TEACHING = "teaching"
    """The study is a teaching case, without identity."""
    OWN_RECORD = "own_record"
    """They are the patient."""


GRANTED: Final = frozenset({Reason.CARE_TEAM, Reason.GRANT, Reason.BREAK_GLASS, Reason.OWN_RECORD})
"""Reasons that are written down for one person and one study or patient."""


class Confidentiality(StrEnum):
    """How a patient's studies are shown."""

    NORMAL = "normal"
    VIP = "vip"
    """Seen as any, but lists show an alias until a study is opened."""
    CONFIDENTIAL = "confidential"
    """A department is no reason to see them; lists show an alias."""


class ViewerKind(StrEnum):
    """What kind of somebody looks."""

    PERSON = "person"
    PROGRAM = "program"
    DEVICE = "device"
    LINK = "link"
    """Whoever comes by a link to one study, on behalf of the person who made it."""
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Viewer:
    """On whose behalf studies are looked at."""

    kind: ViewerKind
    name: str
    """User name, client id, AE title."""
    reasons: frozenset[Reason] = frozenset()
    """Those that count for them, whether or not they exist for a study."""
    person_ref: int | None = None
    departments: tuple[str, ...] = ()
    """`*`: every department, and studies of none."""
    physician_ids: tuple[str, ...] = ()
    """Their codes, each `VALUE^SCHEME` as in Person Identification Code Sequence (0040,1101)."""
    study_instance_uid: str | None = None
    """The only study that they may look at; None where nothing binds them."""
    address: str = ""

    @property
    def is_system(self) -> bool:
        """Whether it is the archive itself that looks, for which no reason is asked."""
        return self.kind is ViewerKind.SYSTEM

    @property
    def sees_all_but_the_confidential(self) -> bool:
        """Whether exactly the studies of patients who are not confidential are in sight."""
        by_department_alone = self.reasons == {Reason.DEPARTMENT}
        return (
            by_department_alone and self.sees_every_department and self.study_instance_uid is None
        )

    @property
    def sees_every_department(self) -> bool:
        """Whether all studies but those of confidential patients are in sight."""
        return Reason.DEPARTMENT in self.reasons and EVERY_DEPARTMENT in self.departments


SYSTEM: Final = Viewer(ViewerKind.SYSTEM, "system")
"""Jobs, and commands at the machine."""

NOBODY: Final = Viewer(ViewerKind.PERSON, "")
"""Sees nothing."""


def only_department(departments: Sequence[str]) -> str:
    """Return the department of somebody who has one, by its name; empty: there are others."""
    (one, *others) = departments or ("",)
    return "" if others or one == EVERY_DEPARTMENT else one


def program_viewer(name: str, departments: tuple[str, ...] = (EVERY_DEPARTMENT,)) -> Viewer:
    """Return a program's view: the studies of its departments."""
    return Viewer(ViewerKind.PROGRAM, name, frozenset({Reason.DEPARTMENT}), departments=departments)


def device_viewer(
    ae_title: str, departments: tuple[str, ...] = (EVERY_DEPARTMENT,), address: str = ""
) -> Viewer:
    """Return a device's view: the studies of its departments."""
    return Viewer(
        ViewerKind.DEVICE,
        ae_title,
        frozenset({Reason.DEPARTMENT}),
        departments=departments,
        address=address,
    )
