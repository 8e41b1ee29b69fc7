"""A study, a series or an instance named by its unique identifiers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """All instances of a study, or of one of its series, or one instance."""

    study_instance_uid: str
    series_instance_uid: str | None = None
    sop_instance_uid: str | None = None
