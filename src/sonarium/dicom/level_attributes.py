"""Which attributes describe a patient, study, series and instance in the index."""

from sonarium.dicom.header import Header
from sonarium.domain.attributes import Attributes

PATIENT_TAGS: tuple[int, ...] = ()
STUDY_TAGS: tuple[int, ...] = ()
SERIES_TAGS: tuple[int, ...] = ()
INSTANCE_TAGS: tuple[int, ...] = ()


def patient_attributes(header: Header) -> Attributes:
    """Return the patient-level attributes that are present (PS3.4 C.6.1.1.2)."""
    raise NotImplementedError


def study_attributes(header: Header) -> Attributes:
    """Return the study-level attributes that are present, without the patient's."""
    raise NotImplementedError


def series_attributes(header: Header) -> Attributes:
    """Return the series-level attributes that are present."""
    raise NotImplementedError


def instance_attributes(header: Header) -> Attributes:
    """Return the instance-level attributes that are present."""
    raise NotImplementedError
