"""What is asked for by C-MOVE or C-GET, before it is known which instances that is."""

from dataclasses import dataclass

from sonarium.domain.query import QueryLevel


@dataclass(frozen=True, slots=True)
class RetrieveRequest:
    """The unique keys of a retrieval (PS3.4 C.4.2.1.4), already validated.

    Each list narrows the others; an empty one, or no patient, does not narrow.
    """

    level: QueryLevel
    patient_id: str | None = None
    study_instance_uids: tuple[str, ...] = ()
    series_instance_uids: tuple[str, ...] = ()
    sop_instance_uids: tuple[str, ...] = ()
