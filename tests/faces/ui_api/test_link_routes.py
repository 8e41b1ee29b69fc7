"""Links over HTTP: made, opened with their code, told plainly when they open nothing."""

from pathlib import Path

import httpx
from tests.faces.conftest import WebArchive
from tests.faces.test_web_access import ORIGIN, person_client
from tests.faces.ui_api.test_access_routes import stowed

from sonarium.domain.principal import Role
from sonarium.faces.web_access import VISIT_COOKIE


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
            session = (await visitor.get("/api/session")).json()
            assert (session["signedIn"], session["visitedStudy"]) == (True, study)
            for path in (f"/api/studies/{study}", f"/dicom-web/studies/{study}/metadata"):
                assert (await visitor.get(path)).status_code == 200, path
            for path in ("/api/studies", "/api/changes", f"/api/studies/{study}/timeline",
                         f"/api/studies/{study}/links", f"/api/studies/{study}/access",
                         "/api/sessions", "/api/links",
                         "/dicom-web/studies"):  # fmt: skip
                assert (await visitor.get(path)).status_code == 403, path
            more = await visitor.post(f"/api/studies/{study}/links", json=wanted)
            assert more.status_code == 403
            [listed] = (await maker.get("/api/links")).json()["links"]
            assert listed["opened"] == 1
            gone = await maker.delete(f"/api/links/{link['linkRef']}", headers=ORIGIN)
            assert gone.status_code == 204
            assert (await visitor.get(f"/api/studies/{study}")).status_code == 401


async def test_administrators_find_everybodys_links_and_take_back_any(
    web: WebArchive, administrator: httpx.AsyncClient, testdata: Path
) -> None:
    study = await stowed(web, testdata)
    async with await person_client(web, Role.SONOGRAPHER) as maker:
        wanted = {"recipient": "SYNTHETIC colleague", "days": 1}
        made = await maker.post(f"/api/studies/{study}/links", json=wanted, headers=ORIGIN)
        link = made.json()
        assert (await maker.get("/api/links/all")).status_code == 403
        assert (await administrator.get("/api/links")).json()["links"] == []
        [listed] = (await administrator.get("/api/links/all")).json()["links"]
        assert listed["linkRef"] == link["linkRef"]
        gone = await administrator.delete(f"/api/links/{link['linkRef']}")
        assert gone.status_code == 204
        secret = link["path"].partition("#")[2]
        refused = await maker.post(
            "/api/visits", json={"secret": secret, "code": link["code"]}, headers=ORIGIN
        )
        assert "taken back" in refused.json()["detail"]
