"""Objects whose every text carries a script, for a browser that must run none of them."""

import warnings
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from pydicom import Dataset, dcmread
from pydicom.uid import generate_uid

SHORT = "<svg/onload=c()>"
"""As long as an SH, AE or CS may be."""
LONG = (
    "<img src=x onerror=c()>",
    "\"><script>c('{keyword}')</script>",
    "</title></style><script>c()</script>",
    "javascript:c()//",
    "{{constructor.constructor('c()')()}}",
)
SHORT_VRS = frozenset({"SH", "AE", "CS"})
LONG_VRS = frozenset({"PN", "LO", "ST", "LT", "UT", "UC", "UR"})
MEANT = frozenset(
    {
        *("SpecificCharacterSet", "Modality", "PhotometricInterpretation", "PixelPresentation"),
        *("ValueType", "ContinuityOfContent", "RelationshipType", "MIMETypeOfEncapsulatedDocument"),
        *("LossyImageCompression", "CompletionFlag", "VerificationFlag"),
    }
)
"""Texts that steer how an object is shown: it must be shown for its other texts to be seen."""
ADDED = (
    *("PatientName", "PatientID", "StudyDescription", "SeriesDescription", "InstitutionName"),
    *("ReferringPhysicianName", "AccessionNumber", "StudyID", "Manufacturer", "StationName"),
    *("ImageComments", "PatientComments", "BodyPartExamined", "StageName", "ViewName"),
    *("PerformedProcedureStepDescription", "ProtocolName", "PatientAddress", "OperatorsName"),
    *("ManufacturerModelName", "StudyComments", "AdmittingDiagnosesDescription", "RetrieveURL"),
)

PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(c\\(\\);"
    b"app.alert\\(1\\))>>/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(c\\(\\))>>]>>>>>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F "
    b"5 0 R>>>>/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 300 300]/A<</S/URI/URI"
    b"(javascript:c\\(\\))>>>>]/AA<</O<</S/JavaScript/JS(c\\(\\))>>>>>>endobj\n"
    b"4 0 obj<</Length 44>>stream\nBT /F 24 Tf 20 100 Td (<script>c\\(\\)) Tj ET  \n"
    b"endstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/FontDescriptor 6 0 R/FontMatrix"
    b"[1 2 3 4 5 (0\\); c\\(\\)//)]>>endobj\n"
    b"6 0 obj<</Type/FontDescriptor/FontName/Helvetica>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
"""Scripts on opening, by name, on the page, in a link, and in a font's matrix (CVE-2024-4367)."""
HTML = b"<!doctype html><title>no PDF</title><script>c()</script><img src=x onerror=c()>"


def scripted(path: Path, study_instance_uid: str, document: bytes | None = None) -> bytes:
    """Return an object of that study with a script in each of its texts, on all levels."""
    data_set = dcmread(path)
    for keyword in ADDED:
        setattr(data_set, keyword, "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, of texts that no VR allows
        _write_scripts(data_set, [0])
    data_set.SpecificCharacterSet = "ISO_IR 192"
    data_set.StudyInstanceUID = study_instance_uid
    data_set.SeriesInstanceUID = generate_uid()
    data_set.SOPInstanceUID = data_set.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    if document is not None:
        data_set.EncapsulatedDocument = document + b" " * (len(document) % 2)
    written = BytesIO()
    data_set.save_as(written)
    return written.getvalue()


def _write_scripts(data_set: Dataset, turn: list[int]) -> None:
    for element in data_set:
        if element.VR == "SQ":
            for item in element.value:
                _write_scripts(item, turn)
        elif element.keyword in MEANT:
            continue
        elif element.VR in SHORT_VRS:
            element.value = SHORT
        elif element.VR in LONG_VRS:
            turn[0] += 1
            script = LONG[turn[0] % len(LONG)].replace("{keyword}", element.keyword[:20])
            element.value = script if element.VR != "PN" else f"{script}^{script}"[:64]


def scripted_study(testdata: Path) -> Sequence[bytes]:
    """Return a still, a loop, reports, documents and notes, all of one study."""
    study = generate_uid()
    dicom = testdata / "dicom"
    plain = ("us/toshiba-xario-mmode", "us/acuson-stress-baseline-v1", "sr/basic-text-sr")
    return [
        *(scripted(dicom / f"{name}.dcm", study) for name in plain),
        scripted(dicom / "doc/encapsulated-pdf.dcm", study, PDF),
        scripted(dicom / "doc/encapsulated-pdf.dcm", study, HTML),
    ]
