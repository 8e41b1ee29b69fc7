"""The Native DICOM Model in XML (PS3.19 A.1)."""

from sonarium.dicom.header import Header
from sonarium.dicom.json_model import BulkDataURI
from sonarium.domain.attributes import Attributes


def header_to_xml(header: Header, bulk_data_uri: BulkDataURI | None) -> bytes:
    """Turn a header into a `NativeDicomModel` document."""
    raise NotImplementedError


def attributes_to_xml(attributes: Attributes) -> bytes:
    """Turn JSON-model attributes (a QIDO-RS answer) into a `NativeDicomModel` document."""
    raise NotImplementedError


def xml_to_attributes(document: bytes) -> Attributes:
    """Read a `NativeDicomModel` document into the JSON model.

    Raises:
        InvalidAttribute: names what is wrong.
    """
    raise NotImplementedError
