"""JSON compressed as the caller takes it."""

import gzip
import re
from typing import Final

import zstandard

from sonarium.faces.dicomweb.answers import Answer, HTTPRequest, content, not_modified, weak
from sonarium.faces.dicomweb.media_types import DICOM_JSON

_WORTH_IT_BYTES: Final = 2048
_REFUSED: Final = re.compile(r"q=0(\.0{0,3})?")


def compressed_json(
    request: HTTPRequest, document: bytes, entity_tag: str | None = None, **headers: str
) -> Answer:
    """Answer with a JSON document, by zstd or gzip where the caller takes them."""
    if entity_tag is not None:
        entity_tag = weak(entity_tag)
        unchanged = not_modified(request, entity_tag)
        if unchanged is not None:
            return unchanged
    taken = request.headers.get("accept-encoding", "")
    headers["Vary"] = "Accept, Accept-Encoding"
    if len(document) >= _WORTH_IT_BYTES:
        if _takes(taken, "zstd"):
            document = zstandard.compress(document, 1)
            headers["Content-Encoding"] = "zstd"
        elif _takes(taken, "gzip"):
            document = gzip.compress(document, 1)
            headers["Content-Encoding"] = "gzip"
    return content(document, DICOM_JSON, entity_tag, **headers)


def _takes(accepted: str, coding: str) -> bool:
    """Tell whether Accept-Encoding names a coding, and not to refuse it (RFC 9110 12.5.3)."""
    for one in accepted.split(","):
        name, _, weight = one.partition(";")
        if name.strip().lower() == coding:
            return _REFUSED.fullmatch(weight.strip()) is None
    return False
