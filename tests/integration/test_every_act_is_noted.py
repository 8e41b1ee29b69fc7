"""Every route, DIMSE service and job is in the audit trail, or stands in a list that says why not.

Each is really called. A new one that is in neither table fails.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from litestar.routes import HTTPRoute
from tests.faces.conftest import WebArchive, web_archive
from tests.faces.test_web_access import person_client
from tests.faces.ui_api.test_measurement_routes import caliper
from tests.faces.ui_api.test_upkeep_routes import file as quarantine_file
from tests.queue.test_dead_letters import one_dead_letter

from sonarium.app.settings import Settings
from sonarium.app.web_server import routes_of
from sonarium.domain.principal import Role
from sonarium.faces.dimse.sop_classes import ServiceClass
from sonarium.index.audit_search import AuditSearch, search_audit
from sonarium.services.audit import looks
from sonarium.services.people import PeopleService

SILENT: Final = {
    "GET /": "the application itself, the same for everybody",
    "GET /{path}": "the application itself, the same for everybody",
    "GET /ohif": "another application, the same for everybody",
    "GET /ohif/{path}": "another application, the same for everybody",
    "GET /api": "the description of the API",
    "GET /api/openapi.json": "the description of the API",
    "GET /api/{path}": "there is no such page",
    "GET /api/changes": "that something changed, of studies in sight, and nothing in them",
    "GET /api/status": "counts",
    "GET /api/patient-confidentiality": "numbers and aliases; changes are noted",
    "GET /api/checks": "counts, and our own numbers",
    "GET /api/measurement-labels": "a list that is the same for everybody",
    "GET /api/viewers": "what is installed",
    "GET /api/session": "who asks is told who they are",
    "GET /api/sessions": "who asks is told of their own sessions",
    "GET /api/people": "names of colleagues; changes are noted",
    "GET /api/clients": "names of programs; changes are noted",
    "GET /api/devices": "names of devices; changes are noted",
    "GET /api/quarantine": "our own numbers and UIDs, no identity",
    "GET /api/jobs/failed": "our own numbers",
    "GET /api/audit/state": "counts",
    "GET /.well-known/oauth-authorization-server": "where tokens are given, the same for everybody",
    "GET /.well-known/smart-configuration": "where tokens are given, the same for everybody",
    "GET /dicom-web/.well-known/smart-configuration": "the same for everybody",
    "GET /api/people/{user_name}/sessions": "where a colleague is signed in; changes are noted",
    "GET /api/passkeys": "who asks is told of their own passkeys",
    "PUT /api/passkeys/{passkey_ref}": "a name for one's own passkey",
    "POST /api/passkeys/options": "begins a ceremony, and changes nothing",
    "POST /api/enrolment/passkey-options": "begins a ceremony, and changes nothing",
    "POST /api/session/passkey-options": "begins a ceremony, and changes nothing",
    "POST /api/session/proof/passkey-options": "begins a ceremony, and changes nothing",
    "POST /api/session/provider": "sends somebody to the provider, and changes nothing",
    "POST /api/session/proof": "whoever is signed in proves it again; failures are noted",
    "POST /api/session/proof/passkey": "whoever is signed in proves it again",
    "GET /api/study-marks": "marks of studies in sight, and nothing in them",
    "GET /api/grants": "who was let in; changes are noted",
    "GET /api/break-glass": "who was let in; changes are noted",
    "GET /api/break-glass/watch": "auditors hear of emergencies; each is noted as it happens",
    "GET /api/break-glass/mine": "who asks is told of their own emergencies",
    "GET /api/studies/{study_instance_uid}/links": "who was let in; changes are noted",
    "GET /api/break-glass/judged": "what was found of emergencies; verdicts are noted",
    "GET /api/studies/{study_instance_uid}/access": "who was let in; changes are noted",
    "GET /api/colleagues": "names of colleagues, and nothing of patients",
    "GET /api/links": "who asks is told of their own links",
    "GET /api/links/all": "who was let in; changes are noted",
    "GET /api/keys": "how the keys are, and none of them",
    "POST /api/devices/{ae_title}/echo": "C-ECHO says nothing of anybody",
    "POST /api/enrolment/offer": "a link is looked at and stays unused",
    "POST /api/enrolment/picture": "draws what was sent, and keeps nothing",
}
ELSEWHERE: Final = {
    "POST /api/session": "tests/services/audit/test_sign_ins.py",
    "POST /api/session/link": "tests/services/audit/test_sign_ins.py",
    "DELETE /api/sessions/{session_ref}": "tests/services/audit/test_sign_ins.py",
    "POST /api/enrolment": "tests/services/audit/test_sign_ins.py",
    "POST /api/enrolment/passkey": "tests/services/test_passkeys.py makes the keys it needs",
    "POST /api/passkeys": "tests/services/test_passkeys.py makes the keys it needs",
    "DELETE /api/passkeys/{passkey_ref}": "tests/services/test_passkeys.py makes the keys it needs",
    "POST /api/session/passkey": "tests/services/test_passkeys.py makes the keys it needs",
    "GET /api/session/provider/answer": "needs a provider",
    "POST /api/oauth/revoke": "a program gives back its own token",
    "PUT /api/studies/{study_instance_uid}/teaching": "tests/services/audit/test_rights.py",
    "POST /dicom-web/studies": "the fixture stores by it",
    "POST /dicom-web/studies/{study}": "stores as the one without a study",
}
SERVICES: Final = {
    ServiceClass.VERIFICATION: "silent: says nothing of anybody",
    ServiceClass.COMMITMENT: "silent: the sender asks for its own objects by their UIDs",
    ServiceClass.STORAGE: "tests/peers/test_audit_of_services.py",
    ServiceClass.FIND: "tests/peers/test_audit_of_services.py",
    ServiceClass.MOVE: "tests/peers/test_audit_of_services.py",
    ServiceClass.GET: "tests/peers/test_audit_of_services.py",
}
ORIGIN: Final = {"Origin": "http://127.0.0.1"}
OCTETS: Final = {"Accept": 'multipart/related; type="application/octet-stream"'}


class Acting:
    """Calls routes and counts what the trail gained."""

    def __init__(self, web: WebArchive) -> None:
        self.web = web
        self.called: set[str] = set()
        self.unnoted: list[str] = []
        self.study = ""
        self.patient = ""

    async def count(self) -> int:
        async with self.web.archive.database.transaction() as tx:
            return len(await search_audit(tx, AuditSearch(), None, 100_000))

    async def call(
        self,
        client: httpx.AsyncClient,
        act: str,
        path: str,
        **request: Any,  # noqa: ANN401  # httpx's own
    ) -> httpx.Response:
        """Call the route `act` at a path; it must succeed, and be noted."""
        before = await self.count()
        method = act.partition(" ")[0]
        answer = await client.request(method, path, **request)
        assert answer.status_code < 300, (act, answer.status_code, answer.text[:200])
        self.called.add(act)
        if await self.count() == before:
            self.unnoted.append(act)
        return answer


@pytest.fixture
async def acting(
    dsn: str, tmp_path: Path, testdata: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Acting]:
    monkeypatch.setattr(looks, "TOGETHER_S", 0.0)
    async with web_archive(dsn, tmp_path, viewers={"weasis": True}) as web:
        for name in ("us/toshiba-xario-mmode", "doc/encapsulated-pdf"):
            stored = await web.stow((testdata / "dicom" / f"{name}.dcm").read_bytes())
            assert stored.status_code == 200
        yield Acting(web)


async def test_every_route_is_noted_or_says_why_not(acting: Acting) -> None:
    await looking(acting)
    await administering(acting)
    await auditing(acting)
    assert acting.unnoted == []
    application = routes_of(acting.web.archive, Settings(), acting.web.feed)
    every = {
        f"{method} {route.path_format}"
        for route in application.routes
        if isinstance(route, HTTPRoute)
        for method in route.route_handler_map
        if method != "OPTIONS"
    }
    assert every - acting.called - SILENT.keys() - ELSEWHERE.keys() == set()
    assert (SILENT.keys() | ELSEWHERE.keys()) - every == set()


def test_every_dimse_service_is_noted_or_says_why_not() -> None:
    assert set(SERVICES) == set(ServiceClass)


async def looking(acting: Acting) -> None:
    """Call every route that looks at studies, or writes to them."""
    robot = acting.web.client
    dicom_web, studies = "/dicom-web/studies", "/api/studies"
    found = (await robot.get(studies)).json()["studies"]
    one = next(it for it in found if it["modalities"] == ["US"])["studyInstanceUID"]
    acting.study = one
    acting.patient = next(it for it in found if it["modalities"] == ["US"])["patientID"]
    document = next(it for it in found if it["studyInstanceUID"] != one)["studyInstanceUID"]
    detail = (await robot.get(f"{studies}/{one}")).json()["series"][0]
    series = detail["seriesInstanceUID"]
    instance = detail["instances"][0]["sopInstanceUID"]
    [pdf] = (await robot.get(f"{dicom_web}/{document}/metadata")).json()
    bulk = pdf["00420011"]["BulkDataURI"]
    names = {"study": one, "series": series, "instance": instance, "frames": "1"}
    rendered = {"Accept": "image/jpeg"}
    for tail, headers in (
        ("/series", {}), ("/instances", {}), ("", {}), ("/metadata", {}), ("/rendered", rendered),
        ("/thumbnail", rendered),
        ("/series/{series}", {}), ("/series/{series}/instances", {}),
        ("/series/{series}/metadata", {}), ("/series/{series}/rendered", rendered),
        ("/series/{series}/thumbnail", rendered),
        ("/series/{series}/instances/{instance}", {"Accept": "application/dicom"}),
        ("/series/{series}/instances/{instance}/metadata", {}),
        ("/series/{series}/instances/{instance}/rendered", rendered),
        ("/series/{series}/instances/{instance}/thumbnail", rendered),
        ("/series/{series}/instances/{instance}/frames/{frames}", OCTETS),
        ("/series/{series}/instances/{instance}/frames/{frames}/rendered", rendered),
        ("/series/{series}/instances/{instance}/frames/{frames}/thumbnail", rendered),
    ):  # fmt: skip
        route = f"{dicom_web}/{{study}}{tail}"
        await acting.call(robot, f"GET {route}", route.format(**names), headers=headers)
    for level in ("studies", "series", "instances"):
        await acting.call(robot, f"GET /dicom-web/{level}", f"/dicom-web/{level}?limit=1")
    deep = dicom_web + "/{study}/series/{series}/instances/{instance}"
    await acting.call(robot, f"HEAD {deep}", deep.format(**names))
    for method in ("GET", "HEAD"):
        await acting.call(robot, f"{method} {deep}/bulkdata/{{path}}", bulk)
    wado = {"requestType": "WADO", "studyUID": one, "seriesUID": series, "objectUID": instance}
    await acting.call(robot, "GET /dicom-web/wado", "/dicom-web/wado", params=wado)
    own, asked = f"{studies}/{{study_instance_uid}}", f"{studies}/{one}"
    await acting.call(robot, f"GET {studies}", f"{studies}?q=x")
    for tail in ("", "/timeline", "/calibration", "/measurements", "/key-images"):
        await acting.call(robot, f"GET {own}{tail}", f"{asked}{tail}")
    measured = {"version": 0, "measurements": [caliper(instance)]}
    await acting.call(robot, f"PUT {own}/measurements", f"{asked}/measurements", json=measured)
    marked = {"reason": "113000", "description": "", "images": [{"sopInstanceUID": instance}]}
    await acting.call(robot, f"POST {own}/key-images", f"{asked}/key-images", json=marked)
    leaving: dict[str, Any] = {
        "seriesInstanceUID": series,
        "sopInstanceUID": instance,
        "firstFrame": 0,
        "lastFrame": 0,
    }
    await acting.call(robot, f"POST {own}/share-previews", f"{asked}/share-previews", json=leaving)
    picture = {**leaving, "frame": 0}
    await acting.call(robot, f"POST {own}/share-pictures", f"{asked}/share-pictures", json=picture)
    copy = {**leaving, "format": "png", "hasLooked": True}
    await acting.call(robot, f"POST {own}/shares", f"{asked}/shares", json=copy)
    async with await person_client(acting.web, Role.SONOGRAPHER) as person:
        person.headers["Origin"] = "http://127.0.0.1"
        await acting.call(person, f"POST {own}/weasis", f"{asked}/weasis")
        read = {"studyInstanceUIDs": [one], "isRead": True}
        await acting.call(person, "PUT /api/study-marks", "/api/study-marks", json=read)
        await giving(acting, person, one)
        await acting.call(person, "DELETE /api/session", "/api/session")


async def giving(acting: Acting, person: httpx.AsyncClient, study: str) -> None:
    """Call every route by which a person lets others see a study, or opens one in an emergency."""
    await PeopleService(acting.web.archive.database).add("carl", "Carl", [Role.SONOGRAPHER])
    own, asked = "/api/studies/{study_instance_uid}", f"/api/studies/{study}"
    member = {"userName": "carl"}
    added = await acting.call(person, f"POST {own}/care-team", f"{asked}/care-team", json=member)
    [team] = added.json()["grantRefs"]
    await acting.call(person, "DELETE /api/care-team/{grant_ref}", f"/api/care-team/{team}")
    glass = {"target": {"studyInstanceUID": study}, "why": "the patient is in the shock room"}
    broken = await acting.call(person, "POST /api/break-glass", "/api/break-glass", json=glass)
    [emergency] = broken.json()["grantRefs"]
    path = f"/api/break-glass/{emergency}"
    await acting.call(person, "DELETE /api/break-glass/{grant_ref}", path)
    async with await person_client(acting.web, Role.AUDITOR) as auditor:
        auditor.headers["Origin"] = "http://127.0.0.1"
        verdict = {"verdict": "justified"}
        path = f"/api/break-glass/{emergency}/review"
        act = "POST /api/break-glass/{grant_ref}/review"
        await acting.call(auditor, act, path, json=verdict)
    new = {"recipient": "Dr. Dew", "days": 1}
    link = (await acting.call(person, f"POST {own}/links", f"{asked}/links", json=new)).json()
    visit = {"secret": link["path"].partition("#")[2], "code": link["code"]}
    async with httpx.AsyncClient(
        transport=person._transport, base_url="http://127.0.0.1", headers=dict(ORIGIN)
    ) as visitor:
        await acting.call(visitor, "POST /api/visits", "/api/visits", json=visit)
    await acting.call(person, "DELETE /api/links/{link_ref}", f"/api/links/{link['linkRef']}")
    await acting.call(person, "GET /api/urgent-studies", "/api/urgent-studies")


async def administering(acting: Acting) -> None:
    """Call every route of administrators."""
    async with await person_client(acting.web, Role.ADMINISTRATOR) as root:
        root.headers["Origin"] = "http://127.0.0.1"
        somebody = {"userName": "bob", "displayName": "Bob", "roles": ["auditor"]}
        await acting.call(root, "POST /api/people", "/api/people", json=somebody)
        changed = {"displayName": "Bob", "roles": ["manager"], "isActive": True}
        one = "/api/people/{user_name}"
        await acting.call(root, f"PUT {one}", "/api/people/bob", json=changed)
        link = f"{one}/enrolment-link"
        await acting.call(root, f"POST {link}", "/api/people/bob/enrolment-link")
        ended = "/api/people/{user_name}/sessions"
        await acting.call(root, f"DELETE {ended}", "/api/people/bob/sessions")
        robot = {"clientID": "robot", "description": "", "scopes": ["system/ImagingStudy.rs"]}
        made = await acting.call(root, "POST /api/clients", "/api/clients", json=robot)
        form = {"grant_type": "client_credentials", "client_id": "robot"}
        form["client_secret"] = made.json()["secret"]
        await acting.call(root, "POST /api/oauth/token", "/api/oauth/token", data=form)
        await acting.call(root, "DELETE /api/clients/{client_id}", "/api/clients/robot")
        device = {"host": "192.0.2.7", "port": 104, "tls": False, "description": "", "may": []}
        device |= {"callsFrom": [], "certificate": "", "departments": ["*"]}
        await acting.call(root, "PUT /api/devices/{ae_title}", "/api/devices/A", json=device)
        await acting.call(root, "DELETE /api/devices/{ae_title}", "/api/devices/A")
        target = {"studyInstanceUID": acting.study}
        new = {"userName": "bob", "target": target, "reason": "grant", "why": "teaches", "days": 3}
        granted = await acting.call(root, "POST /api/grants", "/api/grants", json=new)
        [grant] = granted.json()["grantRefs"]
        await acting.call(root, "DELETE /api/grants/{grant_ref}", f"/api/grants/{grant}")
        reasons = {"departments": ["echo"], "physicianIDs": []}
        route = "/api/people/{user_name}/reasons"
        await acting.call(root, f"PUT {route}", "/api/people/bob/reasons", json=reasons)
        await root.post("/api/clients", json={**robot, "clientID": "other"})
        route, wards = "/api/clients/{client_id}/departments", {"departments": ["echo"]}
        await acting.call(root, f"PUT {route}", "/api/clients/other/departments", json=wards)
        secret = {"patientID": acting.patient, "confidentiality": "vip", "alias": "A"}
        route = "/api/patient-confidentiality"
        await acting.call(root, f"PUT {route}", route, json=secret)
        for pixels in (b"\x11", b"\x22"):
            await acting.web.stow(quarantine_file(pixels * 64))
        [aside] = (await root.get("/api/quarantine")).json()["objects"]
        for act in ("discard", "restore", "exchange"):
            path = f"/api/quarantine/{aside['number']}/{act}"
            await acting.call(root, f"POST /api/quarantine/{{number}}/{act}", path)
        job = "/api/jobs/failed/{number}"
        for method, tail in (("DELETE", ""), ("POST", "/retry")):
            letter = await one_dead_letter(
                acting.web.archive.database, acting.web.archive.database.dsn
            )
            path = f"/api/jobs/failed/{letter.job_id}{tail}"
            await acting.call(root, f"{method} {job}{tail}", path)


async def auditing(acting: Acting) -> None:
    """Call every route of auditors."""
    async with await person_client(acting.web, Role.AUDITOR) as auditor:
        for path in ("/api/audit/records", "/api/audit/records.csv", "/fhir/AuditEvent"):
            await acting.call(auditor, f"GET {path}", path)
        patient = (await auditor.get("/api/audit/records")).json()["records"]
        known = next(one["patientID"] for one in patient if one["patientID"])
        path = "/api/audit/disclosures.pdf"
        await acting.call(auditor, f"GET {path}", path, params={"patient": known})
        period = {"since": "2030-01-01T00:00:00Z", "until": "2030-01-02T00:00:00Z"}
        path = "/api/audit/unusual"
        await acting.call(auditor, f"GET {path}", path, params=period)
