"""Whatever an address or an object says, nothing outside our own folders is opened.

Python tells of every file that it opens (PEP 578); a hook listens while hostile names come in.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.faces.conftest import WebArchive
from tests.services.data_sets import still

import sonarium
from sonarium.dicom.part10 import file_meta

EXPLICIT = "1.2.840.10008.1.2.1"
US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"
TRICKS = (
    "../../../../etc/passwd",
    "..\\..\\etc\\passwd",
    "/etc/passwd",
    "....//....//etc/passwd",
    "..",
    ".",
    "%2e%2e%2fetc%2fpasswd",
    "passwd\0.dcm",
    "file:///etc/passwd",
    "~root/.ssh/id_rsa",
    "$(cat /etc/passwd)",
)
ADDRESSES = (
    "/{}",
    "/assets/{}",
    "/ohif/{}",
    "/api/{}",
    "/api/studies/{}",
    "/dicom-web/studies/{}",
    "/dicom-web/studies/{}/metadata",
    "/dicom-web/studies/1.2/series/{}/thumbnail",
    "/dicom-web/studies/1.2/series/1.2.1/instances/{}/frames/1",
    "/dicom-web/studies/1.2/series/1.2.1/instances/1.2.1.1/bulkdata/{}",
    "/dicom-web/wado?requestType=WADO&studyUID={}&seriesUID={}&objectUID={}",
)

_heard: list[str] | None = None


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if _heard is not None and event == "open" and isinstance(arguments[0], (str, bytes, Path)):
        path = arguments[0]
        _heard.append(path.decode(errors="replace") if isinstance(path, bytes) else str(path))


sys.addaudithook(_listen)


@contextmanager
def opened_files() -> Iterator[list[str]]:
    """Collect what is opened until the end of the block."""
    global _heard  # a hook cannot be taken away again
    heard = _heard = []
    try:
        yield heard
    finally:
        _heard = None


def strangers(heard: list[str], data: Path) -> list[str]:
    """Return what was opened and is neither data, nor program, nor the system's own."""
    ours = (data, Path(sonarium.__file__).parent, Path(sys.prefix), Path(sys.base_prefix))
    return [
        path
        for path in heard
        if not any(
            Path(path).absolute().resolve().is_relative_to(folder.resolve()) for folder in ours
        )
        and not path.startswith(("/proc/self", "/dev/urandom", "/usr/share/zoneinfo"))
    ]


async def test_no_address_leads_out_of_our_folders(web: WebArchive, tmp_path: Path) -> None:
    with opened_files() as heard:
        (tmp_path / "heard").write_bytes(b"")
        for address in ADDRESSES:
            for trick in TRICKS:
                for written in (quote(trick, safe=""), quote(trick, safe="/.%")):
                    answer = await web.client.get(address.replace("{}", written))
                    assert answer.status_code < 500, (address, trick)
                    assert b"root:" not in answer.content
    assert str(tmp_path / "heard") in heard, "the hook hears nothing"
    assert strangers(heard, tmp_path) == []


@pytest.mark.parametrize("tag", [b"2.25.10001", b"2.25.20001"], ids=["study", "series"])
async def test_no_uid_leads_out_of_our_folders(web: WebArchive, tmp_path: Path, tag: bytes) -> None:
    with opened_files() as heard:
        for trick in TRICKS:
            written = trick.encode()[: len(tag)].ljust(len(tag), b" ")
            meta = file_meta(
                sop_class_uid=US_IMAGE, sop_instance_uid="2.25.1", transfer_syntax_uid=EXPLICIT
            )
            answer = await web.stow(meta + still(1).replace(tag, written))
            assert answer.status_code == 409, trick
    assert strangers(heard, tmp_path) == []
