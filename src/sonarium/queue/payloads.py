"""What each kind of background job is told: small, ours, and without patient data."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias


@dataclass(frozen=True, slots=True)
class ReportCommitment:
    """Report on a storage commitment request."""

    task: ClassVar[str] = "commitment.report"
    queue: ClassVar[str] = "peers"

    commitment_ref: int


@dataclass(frozen=True, slots=True)
class PrepareFrames:
    """Draw the frames of a long loop ahead of whoever will play it."""

    task: ClassVar[str] = "frames.prepare"
    queue: ClassVar[str] = "pictures"

    blob_key: str


@dataclass(frozen=True, slots=True)
class WriteMarks:
    """Write a report of measurements as presentation states."""

    task: ClassVar[str] = "measurements.marks"
    queue: ClassVar[str] = "pictures"

    blob_key: str


Payload: TypeAlias = ReportCommitment | PrepareFrames | WriteMarks
"""Every kind of job; grows with them."""
