"""STOW-RS against a real archive."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import orjson
import pytest
from tests.faces.conftest import WebArchive
from tests.services.test_import_files import part10

from sonarium.domain.principal import Scope
from sonarium.services.clients import ClientService
from sonarium.services.grants import GrantService

JSON_PARTS = {
    "Content-Type": 'multipart/related; type="application/dicom+json"; boundary=part',
    "Accept": "application/dicom+json",
}
WHOLE = {"Content-Type": "application/dicom"}


@pytest.fixture
def still(testdata: Path) -> bytes:
    return (testdata / "dicom/us/toshiba-xario-mmode.dcm").read_bytes()


async def test_a_stored_object_is_named_with_its_address(web: WebArchive, still: bytes) -> None:
    answer = await web.stow(still)
    assert answer.status_code == 200
    (stored,) = answer.json()["00081199"]["Value"]
    assert stored["00081190"]["Value"][0].startswith("http://127.0.0.1/dicom-web/studies/")
    assert "00081198" not in answer.json()


async def test_the_same_object_twice_is_one_object(web: WebArchive, still: bytes) -> None:
    await web.stow(still)
    assert (await web.stow(still)).status_code == 200
    found = (await web.client.get("/dicom-web/instances")).json()
    assert len(found) == 1


async def test_other_bytes_under_the_same_uid_are_set_aside(web: WebArchive, still: bytes) -> None:
    await web.stow(still)
    other = still[:-2] + bytes([still[-2] ^ 1]) + still[-1:]
    answer = await web.stow(other)
    assert answer.status_code == 409
    (failed,) = answer.json()["00081198"]["Value"]
    assert failed["00081197"]["Value"] == [0x0111]
    status = (await web.client.get("/api/status")).json()
    assert (status["instances"], status["quarantined"]) == (1, 1)


async def test_one_bad_object_does_not_harm_the_others(web: WebArchive, still: bytes) -> None:
    answer = await web.stow(b"this is no DICOM file" * 20, still)
    assert answer.status_code == 202
    assert len(answer.json()["00081198"]["Value"]) == 1
    assert len(answer.json()["00081199"]["Value"]) == 1


async def test_a_truncated_object_is_refused(web: WebArchive, still: bytes) -> None:
    answer = await web.stow(still[: len(still) // 2])
    assert answer.status_code == 409
    assert answer.json()["00081198"]["Value"][0]["00081197"]["Value"] == [0xC000]


async def test_an_object_of_another_study_than_the_address_names_is_refused(
    web: WebArchive, still: bytes
) -> None:
    answer = await web.client.post(
        "/dicom-web/studies/1.2.3",
        content=still,
        headers={"Content-Type": "application/dicom"},
    )
    assert answer.status_code == 409
    assert answer.json()["00081198"]["Value"][0]["00081197"]["Value"] == [0xA900]


async def test_a_compressed_body_is_refused_for_what_it_is(web: WebArchive) -> None:
    answer = await web.client.post(
        "/dicom-web/studies",
        content=b"x",
        headers={"Content-Type": "application/dicom", "Content-Encoding": "gzip"},
    )
    assert answer.status_code == 415
    assert "Content-Encoding" in answer.json()["detail"]


async def test_a_body_may_be_one_object(web: WebArchive, still: bytes) -> None:
    answer = await web.client.post(
        "/dicom-web/studies", content=still, headers={"Content-Type": "application/dicom"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/related; type=image/png"])
async def test_other_bodies_are_refused_with_what_is_taken(
    web: WebArchive, content_type: str
) -> None:
    answer = await web.client.post(
        "/dicom-web/studies", content=b"x", headers={"Content-Type": content_type}
    )
    assert answer.status_code == 415
    assert "application/dicom" in answer.json()["detail"]


async def test_a_multipart_body_without_end_is_refused(web: WebArchive, still: bytes) -> None:
    answer = await web.client.post(
        "/dicom-web/studies",
        content=b"--part\r\nContent-Type: application/dicom\r\n\r\n" + still,
        headers={"Content-Type": 'multipart/related; type="application/dicom"; boundary=part'},
    )
    assert answer.status_code == 400
    assert (await web.client.get("/dicom-web/instances")).json() == []


def described(**pixels: object) -> bytes:
    return orjson.dumps(
        [
            {
                "00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.6.1"]},
                "00080018": {"vr": "UI", "Value": ["1.2.3.4"]},
                "0020000D": {"vr": "UI", "Value": ["1.2.3"]},
                "0020000E": {"vr": "UI", "Value": ["1.2.3.1"]},
                "00100020": {"vr": "LO", "Value": ["SYN-1"]},
                "00100010": {"vr": "PN", "Value": [{"Alphabetic": "SYNTHETIC^JSON"}]},
                "00280010": {"vr": "US", "Value": [1]},
                "00280011": {"vr": "US", "Value": [2]},
                "00280002": {"vr": "US", "Value": [1]},
                "00280004": {"vr": "CS", "Value": ["MONOCHROME2"]},
                "00280100": {"vr": "US", "Value": [8]},
                "7FE00010": {"vr": "OB", **pixels},
            }
        ]
    )


async def test_metadata_and_bulk_data_become_an_object(web: WebArchive) -> None:
    body = (
        b"--part\r\nContent-Type: application/dicom+json\r\n\r\n"
        + described(BulkDataURI="bulk/1")
        + b"\r\n--part\r\nContent-Type: application/octet-stream\r\nContent-Location: bulk/1"
        + b"\r\n\r\n\x10\x20\r\n--part--\r\n"
    )
    answer = await web.client.post("/dicom-web/studies", content=body, headers=JSON_PARTS)
    assert answer.status_code == 200
    value = await web.client.get(
        "/dicom-web/studies/1.2.3/series/1.2.3.1/instances/1.2.3.4/bulkdata/7FE00010"
    )
    assert value.content == b"\x10\x20"


async def test_bulk_data_elsewhere_is_never_fetched(web: WebArchive) -> None:
    body = (
        b"--part\r\nContent-Type: application/dicom+json\r\n\r\n"
        + described(BulkDataURI="http://169.254.169.254/latest")
        + b"\r\n--part--\r\n"
    )
    answer: httpx.Response = await web.client.post(
        "/dicom-web/studies", content=body, headers=JSON_PARTS
    )
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "document", [b"[" + b"{}," * 2_000_000 + b"{}]", b"[[" + b"1," * 2_000_000 + b"1]]"]
)
async def test_metadata_that_would_fill_the_memory_is_refused_before_it_is_read(
    web: WebArchive, document: bytes
) -> None:
    part = b"--part\r\nContent-Type: application/dicom+json\r\n\r\n"
    answer = await web.client.post(
        "/dicom-web/studies", content=part + document + b"\r\n--part--", headers=JSON_PARTS
    )
    assert answer.status_code == 413


@dataclass(frozen=True, slots=True)
class Programs:
    """Adds programs to an archive; each is answered by what it sends."""

    web: WebArchive

    async def add(
        self, client_id: str, *departments: str, stores_for: str = ""
    ) -> httpx.AsyncClient:
        database = self.web.archive.database
        clients = ClientService(database)
        await clients.add(client_id, "", [Scope.READ_STUDIES, Scope.WRITE_STUDIES])
        grants = GrantService(database, self.web.archive.access)
        await grants.set_departments_of_client(client_id, departments, stores_for)
        token = await clients.token_by_administrator(client_id, timedelta(hours=1))
        return httpx.AsyncClient(
            transport=self.web.client._transport,
            base_url="http://127.0.0.1",
            headers={"Authorization": f"Bearer {token.secret}"},
        )


async def test_what_names_no_department_is_seen_in_the_one_that_its_program_stores_for(
    web: WebArchive,
) -> None:
    programs = Programs(web)
    sender = await programs.add("pacs2", stores_for="Echo Lab")
    echo_lab = await programs.add("viewer1", "ECHO lab")
    vascular = await programs.add("viewer2", "Vascular")
    stored = await sender.post("/dicom-web/studies", content=part10(1), headers=WHOLE)
    assert stored.status_code == 200
    assert len((await echo_lab.get("/dicom-web/studies")).json()) == 1
    assert (await vascular.get("/dicom-web/studies")).json() == []


async def test_a_department_is_named_by_those_who_work_there_alone(web: WebArchive) -> None:
    programs = Programs(web)
    sender = await programs.add("pacs2", "Echo Lab", "Vascular")
    for elsewhere in ("Radiology", "*"):
        refused = await sender.post(
            "/dicom-web/studies", params={"department": elsewhere}, content=part10(1), headers=WHOLE
        )
        assert refused.status_code == 400
        assert elsewhere not in refused.text
    stored = await sender.post(
        "/dicom-web/studies", params={"department": "Vascular"}, content=part10(1), headers=WHOLE
    )
    assert stored.status_code == 200
    vascular = await programs.add("viewer", "Vascular")
    assert len((await vascular.get("/dicom-web/studies")).json()) == 1
