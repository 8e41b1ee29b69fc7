"""JSON compressed as the caller takes it."""

import gzip

import zstandard

from sonarium.faces.dicomweb.answers import Answer, HTTPRequest, content, not_modified
from sonarium.faces.dicomweb.media_types import DICOM_JSON

_WORTH_IT_BYTES = 2048


def compressed_json(
    request: HTTPRequest, document: bytes, entity_tag: str | None = None, **headers: str
) -> Answer:
    """Answer with a JSON document, by zstd or gzip where the caller takes them."""
    if entity_tag is not None:
        unchanged = not_modified(request, entity_tag)
        if unchanged is not None:
            return unchanged
    taken = request.headers.get("accept-encoding", "")
    headers["Vary"] = "Accept, Accept-Encoding"
    if len(document) >= _WORTH_IT_BYTES:
        if "zstd" in taken:
            document = zstandard.compress(document, 1)
            headers["Content-Encoding"] = "zstd"
        elif "gzip" in taken:
            document = gzip.compress(document, 1)
            headers["Content-Encoding"] = "gzip"
    return content(document, DICOM_JSON, entity_tag, **headers)
