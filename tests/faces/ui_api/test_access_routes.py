"""Grants, emergencies and links over HTTP; the same people one after another in one archive."""

import io
from pathlib import Path

import httpx
import pydicom
from tests.faces.conftest import WebArchive
from tests.faces.test_web_access import ORIGIN, person_client

from sonarium.domain.principal import Role

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


async def test_whoever_cares_sees_who_may_see_and_takes_back_what_they_gave(
    web: WebArchive, testdata: Path
) -> None:
    study = await stowed(web, testdata)
    async with (
        await person_client(web, Role.SONOGRAPHER) as sonographer,
        await person_client(web, Role.REFERRING_CLINICIAN) as clinician,
    ):
        path = f"/api/studies/{study}/access"
        assert (await clinician.get(path)).status_code == 404
        assert (await clinician.get("/api/colleagues")).status_code == 403
        names = [
            it["userName"] for it in (await sonographer.get("/api/colleagues")).json()["people"]
        ]
        assert names == ["referringclinician", "sonographer"]
        wanted = {"userName": "referringclinician", "days": 2}
        added = await sonographer.post(
            f"/api/studies/{study}/care-team", json=wanted, headers=ORIGIN
        )
        [ref] = added.json()["grantRefs"]
        people = (await sonographer.get(path)).json()["people"]
        assert [(it["userName"], it["reasons"], [g["reason"] for g in it["grants"]])
                for it in people] == [
            ("referringclinician", [], ["care_team"]),
            ("sonographer", ["department"], []),
        ]  # fmt: skip
        gone = await sonographer.delete(f"/api/care-team/{ref}", headers=ORIGIN)
        assert gone.status_code == 204
        assert (await clinician.get(path)).status_code == 404


async def test_an_emergency_is_ended_by_whoever_has_it_and_still_reviewed(
    web: WebArchive, testdata: Path
) -> None:
    study = await stowed(web, testdata)
    async with (
        await person_client(web, Role.REFERRING_CLINICIAN) as clinician,
        await person_client(web, Role.SONOGRAPHER) as other,
        await person_client(web, Role.AUDITOR) as auditor,
    ):
        wanted = {"target": {"studyInstanceUID": study}, "why": "Unconscious, nothing at hand"}
        opened = await clinician.post("/api/break-glass", json=wanted, headers=ORIGIN)
        [ref] = opened.json()["grantRefs"]
        path = f"/api/break-glass/{ref}"
        assert (await other.delete(path, headers=ORIGIN)).status_code == 404
        assert (await clinician.delete(path, headers=ORIGIN)).status_code == 204
        assert (await clinician.get(f"/api/studies/{study}")).status_code == 404
        assert (await clinician.get("/api/break-glass/mine")).json()["grants"] == []
        [waiting] = (await auditor.get("/api/break-glass")).json()["grants"]
        assert waiting["revokedAt"]
        assert (await auditor.get("/api/break-glass/judged")).json()["grants"] == []
        verdict = {"verdict": "not_justified", "remark": "the patient was awake"}
        judged = await auditor.post(f"{path}/review", json=verdict, headers=ORIGIN)
        assert judged.status_code == 204
        [past] = (await auditor.get("/api/break-glass/judged")).json()["grants"]
        assert (past["verdict"], past["reviewedBy"]) == ("not_justified", "auditor")
