"""The DICOM JSON Model (PS3.18 Annex F)."""

from collections.abc import Callable, Collection

from sonarium.dicom.header import Header, Path
from sonarium.domain.attributes import Attributes

BulkDataURI = Callable[[Path], str]
"""Names the place where a bulk value can be fetched."""

BulkSource = Callable[[str], bytes]
"""Fetches what a BulkDataURI of an incoming document stands for; raises KeyError."""


def header_to_json(
    header: Header,
    bulk_data_uri: BulkDataURI | None,
    tags: Collection[int] | None = None,
) -> Attributes:
    """Turn a header, or only its top-level `tags`, into the JSON model.

    Bulk values become a BulkDataURI; without `bulk_data_uri` they are left out.
    """
    raise NotImplementedError


def header_to_json_bytes(header: Header, bulk_data_uri: BulkDataURI | None) -> bytes:
    """Turn a header into UTF-8 JSON."""
    raise NotImplementedError


def json_to_data_set(
    attributes: object, transfer_syntax_uid: str, bulk: BulkSource | None = None
) -> bytes:
    """Check and encode a data set given in the JSON model (STOW-RS, PS3.18 10.5).

    Group 0002 and group lengths are left out. Texts are written in the declared
    Specific Character Set when they fit, else in UTF-8.

    Raises:
        InvalidAttribute: names the attribute that cannot be encoded.
    """
    raise NotImplementedError
