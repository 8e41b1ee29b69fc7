"""What comes in by one door of `sonarium serve` goes out by every other, bit for bit."""

import asyncio
import hashlib
import re
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from dicomweb_client.api import DICOMwebClient
from tests.peers.dcmtk import read_folder, run, storescp
from tests.peers.objects import FOLDERS, Kept, TestObject, valid_objects, without_clashes
from tests.peers.service import Service, running_service
from tests.peers.test_dimse_round_trip import get_with_pynetdicom, send

from sonarium.dicom.part10 import split_part10

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore:Invalid value for VR UI"),  # odd UIDs meet pydicom
]

AS_STORED = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}

NO_IDENTITY = "has no Study, Series or SOP Instance UID, so nothing could find it again"
NO_SYNTAX = "does not say its transfer syntax, and no sender names one for it"
CUT_SHORT = "ends in the middle of an element"
DIRECTORY = "is a directory of media (PS3.3 F), not an instance of a study"

REFUSED = {
    "charset/chrSQEncoding.dcm": NO_IDENTITY,
    "charset/chrSQEncoding1.dcm": NO_IDENTITY,
    "dicomdir/DICOMDIR": DIRECTORY,
    "dicomdir/DICOMDIR-bigEnd": DIRECTORY,
    "dicomdir/DICOMDIR-empty.dcm": DIRECTORY,
    "dicomdir/DICOMDIR-implicit": DIRECTORY,
    "dicomdir/DICOMDIR-nooffset": DIRECTORY,
    "dicomdir/DICOMDIR-nopatient": DIRECTORY,
    "dicomdir/DICOMDIR-reordered": DIRECTORY,
    "dicomdir/TINY_ALPHA/DICOMDIR": DIRECTORY,
    "odd/HTJ2K_08_RGB.dcm": NO_IDENTITY,
    "odd/JPEGLSNearLossless_08.dcm": NO_IDENTITY,
    "odd/MR_truncated.dcm": CUT_SHORT,
    "odd/UN_sequence.dcm": NO_IDENTITY,
    "odd/empty_charset_LEI.dcm": NO_IDENTITY,
    "odd/meta_missing_tsyntax.dcm": NO_SYNTAX,
    "odd/nested_priv_SQ.dcm": NO_IDENTITY,
    "odd/no_meta.dcm": NO_SYNTAX,
    "odd/no_meta_group_length.dcm": NO_IDENTITY,
    "odd/no_preamble_dicm_in_data": NO_SYNTAX,
    "odd/priv_SQ.dcm": NO_IDENTITY,
    "odd/rtplan_truncated.dcm": CUT_SHORT,
}
"""Files that no archive can keep as an instance, each with its reason."""

UNDECLARED = {
    "odd/ExplVR_BigEndNoMeta.dcm": "1.2.840.10008.1.2.2",
    "odd/ExplVR_LitEndNoMeta.dcm": "1.2.840.10008.1.2.1",
}
"""Files without meta information whose first elements leave no doubt of their syntax."""

DCMTK_SYNTAXES = {"1.2.840.10008.1.2.1": "+x=", "1.2.840.10008.1.2.4.50": "+xy"}
"""What getscu and storescu are told to propose."""

NOT_SENT_BY_DCMTK = {"esaote-ybr422-raw.dcm"}
"""Its SOP Instance UID has a component with a leading zero."""


def groups_of(testdata: Path) -> list[list[TestObject]]:
    return without_clashes(valid_objects(testdata))


async def fetch(service: Service, studies: set[str]) -> set[Kept]:
    """Retrieve studies by WADO-RS as they are stored."""
    kept: set[Kept] = set()
    async with service.client() as client:
        for study in sorted(studies):
            answer = await client.get(
                f"{service.dicomweb}/studies/{study}",
                headers=AS_STORED,
            )
            assert answer.status_code == 200, answer.text
            kept.update(map(kept_of, parts_of(answer)))
    return kept


def parts_of(answer: httpx.Response) -> list[bytes]:
    """Split a multipart answer into its bodies."""
    found = re.search(r'boundary="?([^";]+)"?', answer.headers["content-type"])
    assert found is not None
    delimiter = b"\r\n--" + found[1].encode()
    parts = (b"\r\n" + answer.content).split(delimiter)[1:-1]
    return [part.split(b"\r\n\r\n", 1)[1] for part in parts]


def kept_of(part10: bytes) -> Kept:
    start = split_part10(part10)
    return Kept(
        start.meta.media_storage_sop_class_uid,
        start.meta.media_storage_sop_instance_uid,
        start.transfer_syntax_uid,
        hashlib.sha256(part10[start.data_set_offset :]).digest(),
    )


async def stow(service: Service, *files: bytes) -> httpx.Response:
    """Store files in one request."""
    boundary = uuid.uuid4().hex
    body = b"".join(
        b"--%b\r\nContent-Type: application/dicom\r\n\r\n%b\r\n" % (boundary.encode(), file)
        for file in files
    )
    async with service.client() as client:
        return await client.post(
            f"{service.dicomweb}/studies",
            content=body + b"--%b--\r\n" % boundary.encode(),
            headers={
                "Content-Type": (
                    f'multipart/related; type="application/dicom"; boundary={boundary}'
                ),
                "Accept": "application/dicom+json",
            },
        )


async def move(service: Service, objects: list[TestObject], folder: Path) -> set[Kept]:
    """Have the service send studies to storescp."""
    studies = "\\".join(sorted({it.study_instance_uid for it in objects}))
    async with storescp(folder, "+xa", "--promiscuous") as port:
        await service.add_device("STORESCP", port)
        finished = await run(
            "movescu", "-S", "-d", "-aec", "SONARIUM", "-aem", "STORESCP",
            "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={studies}",
            "127.0.0.1", str(service.dimse_port),
        )  # fmt: skip
    assert finished.exit_code == 0, finished.output[-2000:]
    return read_folder(folder)


@pytest.fixture(scope="session", params=["c-store", "stow"])
async def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, testdata: Path
) -> AsyncIterator[tuple[Service, list[TestObject]]]:
    """A service of its own that took in every valid object by one of the doors."""
    objects = groups_of(testdata)[0]
    async with running_service(tmp_path_factory.mktemp("filled")) as service:
        if request.param == "c-store":
            assert await send(service.dimse_port, objects) == {0}
        else:
            for one in objects:
                answer = await stow(service, one.path.read_bytes())
                assert answer.status_code == 200, (one.path.name, answer.text)
        yield service, objects


Filled = tuple[Service, list[TestObject]]


def test_every_file_is_either_valid_or_refused_for_a_reason(testdata: Path) -> None:
    valid = {one.path for one in valid_objects(testdata)}
    others = {
        str(path.relative_to(testdata / "dicom"))
        for name in FOLDERS
        for path in (testdata / "dicom" / name).rglob("*")
        if path.is_file() and path not in valid
    }
    assert others == REFUSED.keys() | UNDECLARED.keys()


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_an_instance_is_refused(
    service: Service, testdata: Path, name: str
) -> None:
    answer = await stow(service, (testdata / "dicom" / name).read_bytes())
    assert answer.status_code in {400, 409}, answer.text


@pytest.mark.parametrize("name", UNDECLARED)
async def test_a_syntax_that_is_not_declared_is_seen(
    tmp_path: Path, testdata: Path, name: str
) -> None:
    content = (testdata / "dicom" / name).read_bytes()
    async with running_service(tmp_path) as service:
        answer = await stow(service, content)
        assert answer.status_code == 200, answer.text
        (kept,) = await fetch(service, await asyncio.to_thread(all_studies, service))
    assert kept.transfer_syntax_uid == UNDECLARED[name]
    assert kept.sha256 == hashlib.sha256(content).digest()


async def test_every_object_comes_back_by_wado(filled: Filled) -> None:
    service, objects = filled
    received = await fetch(service, {it.study_instance_uid for it in objects})
    assert received == {it.kept for it in objects}


async def test_dciodvfy_finds_no_error_that_was_not_there_before(
    filled: Filled, tmp_path: Path
) -> None:
    service, objects = filled
    sent = {it.kept: it.path for it in objects}
    returned = tmp_path / "returned.dcm"
    async with service.client() as client:
        for study in sorted({it.study_instance_uid for it in objects}):
            answer = await client.get(f"{service.dicomweb}/studies/{study}", headers=AS_STORED)
            for part in parts_of(answer):
                returned.write_bytes(part)
                before = await errors_of(sent[kept_of(part)])
                assert await errors_of(returned) <= before, sent[kept_of(part)].name


async def errors_of(path: Path) -> set[str]:
    """Return what dciodvfy calls an error."""
    lines = (await run("dciodvfy", path)).output.splitlines()
    return {line for line in lines if line.startswith("Error")}


async def test_every_object_comes_back_by_c_get(filled: Filled) -> None:
    service, objects = filled
    statuses, received = await asyncio.to_thread(get_with_pynetdicom, service.dimse_port, objects)
    assert received == {it.sent_back for it in objects}
    assert statuses[-1] == 0x0000


async def test_every_object_comes_back_by_c_move(filled: Filled, tmp_path: Path) -> None:
    service, objects = filled
    assert await move(service, objects, tmp_path / "moved") == {it.sent_back for it in objects}


async def test_every_object_comes_back_by_getscu(filled: Filled, tmp_path: Path) -> None:
    service, objects = filled
    for syntax, option in DCMTK_SYNTAXES.items():
        folder = tmp_path / option
        folder.mkdir()
        chosen = [
            it
            for it in objects
            if it.kept.transfer_syntax_uid == syntax and it.path.parent.name == "us"
        ]
        for uid in sorted({it.study_instance_uid for it in chosen}):
            await run(
                "getscu", "-S", "+B", option, "-aec", "SONARIUM", "-od", folder,
                "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={uid}",
                "127.0.0.1", str(service.dimse_port),
            )  # fmt: skip
        assert {it.sent_back for it in chosen} <= read_folder(folder)


async def test_objects_that_share_a_uid_come_back_each_from_its_own_archive(
    testdata: Path, tmp_path: Path
) -> None:
    for number, objects in enumerate(groups_of(testdata)[1:]):
        async with running_service(tmp_path / str(number)) as service:
            assert await send(service.dimse_port, objects) == {0}
            received = await fetch(service, {it.study_instance_uid for it in objects})
            assert received == {it.sent_back for it in objects}


async def test_what_storescu_and_dcmsend_send_is_kept_as_it_left_them(
    tmp_path: Path, testdata: Path
) -> None:
    files = [
        it.path
        for it in groups_of(testdata)[0]
        if it.path.parent.name == "us"
        and it.kept.transfer_syntax_uid in DCMTK_SYNTAXES
        and it.path.name not in NOT_SENT_BY_DCMTK
    ]
    senders = {"storescu": ["storescu", "-xy", "-R"], "dcmsend": ["dcmsend", "-dn"]}
    for name, sender in senders.items():
        command = [*sender, "-aec", "SONARIUM"]
        async with (
            storescp(tmp_path / name / "peer", "+xa", "--promiscuous") as port,
            running_service(tmp_path / name / "ours") as service,
        ):
            for target in (port, service.dimse_port):
                finished = await run(*command, "127.0.0.1", str(target), *files)
                assert finished.exit_code == 0, finished.output[-2000:]
            expected = read_folder(tmp_path / name / "peer")
            studies = await asyncio.to_thread(all_studies, service)
            assert await fetch(service, studies) == expected
            assert Counter(it.sop_instance_uid for it in expected).most_common(1)[0][1] == 1


def all_studies(service: Service) -> set[str]:
    client = DICOMwebClient(service.dicomweb, headers=service.headers)
    return {
        study["0020000D"]["Value"][0] for study in client.search_for_studies(get_remaining=True)
    }


async def test_an_object_sent_twice_is_one_and_another_under_its_uid_changes_nothing(
    service: Service, testdata: Path
) -> None:
    first, *rest = groups_of(testdata)
    clashing = rest[0][0]
    original = next(
        it for it in first if it.kept.sop_instance_uid == clashing.kept.sop_instance_uid
    )
    assert await send(service.dimse_port, [original]) == {0}
    assert await send(service.dimse_port, [original]) == {0}
    await send(service.dimse_port, [clashing])
    assert original.sent_back in await fetch(service, {original.study_instance_uid})
    assert clashing.sent_back not in await fetch(service, {original.study_instance_uid})
