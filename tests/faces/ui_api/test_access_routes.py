"""Grants, emergencies and links over HTTP; the same people one after another in one archive."""

import io
from pathlib import Path

import httpx
import pydicom
from tests.faces.conftest import WebArchive
from tests.faces.test_web_access import ORIGIN, person_client

from sonarium.domain.principal import Role
from sonarium.faces.web_access import VISIT_COOKIE

SINGLE = "us/ge-logiq700-bigendian.dcm"


async def stowed(web: WebArchive, testdata: Path) -> str:
    """Store a study, and return its UID."""
    image = pydicom.dcmread(testdata / "dicom" / SINGLE)
    image.PatientID = "SYN7"
    written = io.BytesIO()
    image.save_as(written)
    assert (await web.stow(written.getvalue())).status_code == 200
    [study] = (await web.client.get("/api/studies")).json()["studies"]
    return str(study["studyInstanceUID"])


async def test_a_broken_glass_opens_the_study_and_is_judged(
    web: WebArchive, testdata: Path
) -> None:
    study = await stowed(web, testdata)
    async with (
        await person_client(web, Role.REFERRING_CLINICIAN) as clinician,
        await person_client(web, Role.AUDITOR) as auditor,
    ):
        assert (await clinician.get(f"/api/studies/{study}")).status_code == 404
        wanted = {"target": {"studyInstanceUID": study}, "why": "Unconscious, nothing at hand"}
        none = {"target": {"studyInstanceUID": "2.25.1"}, "why": "Unconscious, nothing at hand"}
        clinician.headers["Origin"] = auditor.headers["Origin"] = ORIGIN["Origin"]
        assert (await clinician.post("/api/break-glass", json=none)).status_code == 404
        refused = await auditor.post("/api/break-glass", json=wanted)
        assert refused.status_code == 403
        opened = await clinician.post("/api/break-glass", json=wanted)
        [ref] = opened.json()["grantRefs"]
        assert (await clinician.get(f"/api/studies/{study}")).status_code == 200
        [banner] = (await clinician.get("/api/break-glass/mine")).json()["grants"]
        assert banner["studyInstanceUID"] == study
        [waiting] = (await auditor.get("/api/break-glass")).json()["grants"]
        assert (waiting["userName"], waiting["why"]) == ("referringclinician", wanted["why"])
        judged = await auditor.post(f"/api/break-glass/{ref}/review", json={"verdict": "justified"})
        assert judged.status_code == 204
        assert (await auditor.get("/api/break-glass")).json()["grants"] == []


async def test_an_administrator_grants_lists_and_takes_back(
    web: WebArchive, administrator: httpx.AsyncClient, testdata: Path
) -> None:
    study = await stowed(web, testdata)
    async with await person_client(web, Role.MANAGER) as manager:
        grant = {
            "userName": "manager",
            "target": {"studyInstanceUID": study},
            "reason": "grant",
            "why": "quality review",
            "days": 2,
        }
        [ref] = (await administrator.post("/api/grants", json=grant)).json()["grantRefs"]
        assert (await manager.get(f"/api/studies/{study}")).status_code == 200
        assert len((await administrator.get("/api/grants")).json()["grants"]) == 1
        for_self = {**grant, "userName": "root"}
        assert (await administrator.post("/api/grants", json=for_self)).status_code == 403
        assert (await administrator.delete(f"/api/grants/{ref}")).status_code == 204
        assert (await administrator.delete(f"/api/grants/{ref}")).status_code == 404
        assert (await manager.get(f"/api/studies/{study}")).status_code == 404


async def test_confidential_patients_leave_the_list_and_their_names_do_before(
    web: WebArchive, administrator: httpx.AsyncClient, testdata: Path
) -> None:
    study = await stowed(web, testdata)
    async with await person_client(web, Role.SONOGRAPHER) as sonographer:
        [line] = (await sonographer.get("/api/studies")).json()["studies"]
        said = {"patientID": line["patientID"], "confidentiality": "vip", "alias": "Rose"}
        path = "/api/patient-confidentiality"
        assert (await administrator.put(path, json=said)).status_code == 204
        [listed] = (await sonographer.get("/api/studies")).json()["studies"]
        assert (listed["patientName"], listed["patientID"]) == ("Rose", "")
        opened = (await sonographer.get(f"/api/studies/{study}")).json()["study"]
        assert (opened["patientName"], opened["patientID"]) == (
            line["patientName"],
            line["patientID"],
        )
        said["confidentiality"] = "confidential"
        assert (await administrator.put(path, json=said)).status_code == 204
        assert (await sonographer.get("/api/studies")).json()["studies"] == []


async def test_a_visitor_looks_at_one_study_and_does_nothing_else(
    web: WebArchive, testdata: Path
) -> None:
    study = await stowed(web, testdata)
    async with await person_client(web, Role.SONOGRAPHER) as maker:
        wanted = {"recipient": "SYNTHETIC colleague", "days": 1}
        made = await maker.post(f"/api/studies/{study}/links", json=wanted, headers=ORIGIN)
        link = made.json()
        assert made.headers["cache-control"] == "no-store"
        async with httpx.AsyncClient(
            transport=web.client._transport, base_url="https://127.0.0.1", headers=ORIGIN
        ) as visitor:
            secret = link["path"].partition("#")[2]
            visitor.headers["Origin"] = "https://127.0.0.1"
            wrong = await visitor.post("/api/visits", json={"secret": secret, "code": "1"})
            assert wrong.status_code == 403
            let_in = await visitor.post(
                "/api/visits", json={"secret": secret, "code": link["code"]}
            )
            assert let_in.json() == {"studyInstanceUID": study}
            assert VISIT_COOKIE in let_in.headers["set-cookie"]
            for path in (f"/api/studies/{study}", f"/dicom-web/studies/{study}/metadata"):
                assert (await visitor.get(path)).status_code == 200, path
            for path in ("/api/studies", "/api/changes", f"/api/studies/{study}/priors",
                         f"/api/studies/{study}/links", "/api/sessions", "/api/links",
                         "/dicom-web/studies"):  # fmt: skip
                assert (await visitor.get(path)).status_code == 403, path
            more = await visitor.post(f"/api/studies/{study}/links", json=wanted)
            assert more.status_code == 403
            [listed] = (await maker.get("/api/links")).json()["links"]
            assert listed["opened"] == 1
            gone = await maker.delete(f"/api/links/{link['linkRef']}", headers=ORIGIN)
            assert gone.status_code == 204
            assert (await visitor.get(f"/api/studies/{study}")).status_code == 401
