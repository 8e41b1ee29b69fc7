"""What every document of ours has beside its content."""

from datetime import UTC, datetime

from pydicom import Dataset

from sonarium.dicom.sr.document_modules import (
    DocumentIdentity,
    DocumentSeries,
    Observer,
    ReferencedImage,
    document_modules,
    evidence,
)

IDENTITY = DocumentIdentity("1.2", "1.3", "1.4", 5, datetime(2026, 1, 2, 3, 4, 5, 6, UTC))
SERIES = DocumentSeries("1.2.840.10008.5.1.4.1.1.88.59", "KO", 9701, "Key images")
OBSERVER = Observer("This workstation", "1.9", "Sonarium")


def test_what_is_known_of_the_study_is_copied_and_the_rest_is_empty() -> None:
    copied = {"00100020": {"vr": "LO", "Value": ["SYN-1"]}}
    written = Dataset.from_json(document_modules(IDENTITY, SERIES, copied, OBSERVER))  # type: ignore[arg-type]
    assert written.PatientID == "SYN-1"
    assert written.PatientName == ""
    assert (written.Modality, written.InstanceNumber) == ("KO", 5)
    assert (written.ContentDate, written.ContentTime) == ("20260102", "030405.000006")


def test_evidence_gathers_images_by_series() -> None:
    images = {
        uid: ReferencedImage(uid, "1.2.840.10008.5.1.4.1.1.6.1", series, 1)
        for uid, series in (("2.1", "3.1"), ("2.2", "3.1"), ("2.3", "3.2"))
    }
    written = Dataset.from_json({"0040A375": evidence("1.2", images)})
    study = written.CurrentRequestedProcedureEvidenceSequence[0]
    assert study.StudyInstanceUID == "1.2"
    assert [len(series.ReferencedSOPSequence) for series in study.ReferencedSeriesSequence] == [
        2,
        1,
    ]
