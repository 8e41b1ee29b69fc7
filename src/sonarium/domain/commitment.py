"""Storage commitment: which instances are asked for, and what became of each (PS3.4 J.3)."""

from dataclasses import dataclass
from enum import IntEnum


class FailureReason(IntEnum):
    """Failure Reason (0008,1197), PS3.3 C.14.1.1."""

    PROCESSING_FAILURE = 0x0110
    NO_SUCH_OBJECT_INSTANCE = 0x0112
    CLASS_INSTANCE_CONFLICT = 0x0119


@dataclass(frozen=True, slots=True)
class ReferencedInstance:
    """An item of Referenced SOP Sequence (0008,1199)."""

    sop_class_uid: str
    sop_instance_uid: str


@dataclass(frozen=True, slots=True)
class CommitmentRequest:
    """An accepted N-ACTION: who asked for what, and by which of our AE titles."""

    transaction_uid: str
    requesting_ae_title: str
    called_ae_title: str
    instances: tuple[ReferencedInstance, ...]


@dataclass(frozen=True, slots=True)
class CommitmentOutcome:
    """What we answer for: each instance of the request is in exactly one of the two."""

    committed: tuple[ReferencedInstance, ...]
    failed: tuple[tuple[ReferencedInstance, FailureReason], ...]
