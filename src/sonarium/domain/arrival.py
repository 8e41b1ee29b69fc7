"""Where an object came from: kept with it for ever."""

from dataclasses import dataclass
from enum import StrEnum

from sonarium.domain.audit import ActorKind


class Door(StrEnum):
    """The way an object entered."""

    DIMSE = "dimse"
    STOW = "stow"
    IMPORT = "import"
    WORKSTATION = "workstation"
    """A person at our own pages measured or marked something."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who handed us an object.

    `calling_ae_title` and `called_ae_title` are empty where the door has none;
    `address` is an IP address, or empty for files of this machine.
    """

    door: Door
    calling_ae_title: str = ""
    called_ae_title: str = ""
    address: str = ""
    sender: str = ""
    """User name or client id of whoever sent it over HTTP; empty at the other doors."""
    sender_kind: ActorKind = ActorKind.UNKNOWN
    department: str = ""
    """Of which department it is, where no object of its study names one; devices have theirs
    in the index."""
