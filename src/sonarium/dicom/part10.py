"""Part 10 files: where the data set begins, and the meta information before it (PS3.10 7)."""

from dataclasses import dataclass

PREFIX_BYTES = 64 * 1024
"""A prefix of this size (or the whole file) is always enough for `split_part10`."""


@dataclass(frozen=True, slots=True)
class FileMeta:
    """File Meta Information (PS3.10 7.1) as found; empty where absent."""

    media_storage_sop_class_uid: str = ""
    media_storage_sop_instance_uid: str = ""
    transfer_syntax_uid: str = ""
    implementation_class_uid: str = ""
    implementation_version_name: str = ""
    source_ae_title: str = ""
    sending_ae_title: str = ""
    receiving_ae_title: str = ""


@dataclass(frozen=True, slots=True)
class Part10Start:
    """How a file begins."""

    meta: FileMeta
    data_set_offset: int
    transfer_syntax_uid: str
    """From the meta information, else guessed from the first element."""
    is_guessed: bool
    """The transfer syntax was not declared."""
    preamble: bytes
    """128 bytes, or none; never send them on (they may be another file type)."""


def split_part10(prefix: bytes) -> Part10Start:
    """Find where the data set of a file begins.

    Args:
        prefix: the first `PREFIX_BYTES` of the file, or all of it.

    Raises:
        IncompletePrefix: the meta information is longer than `prefix`.
        MalformedDataSet: this is no DICOM file.
    """
    raise NotImplementedError


def file_meta(
    *,
    sop_class_uid: str,
    sop_instance_uid: str,
    transfer_syntax_uid: str,
    source_ae_title: str = "",
    sending_ae_title: str = "",
    receiving_ae_title: str = "",
) -> bytes:
    """Write a zero preamble, DICM and the File Meta Information of a file we make."""
    raise NotImplementedError
