"""Whatever scripts lie in an object's texts, its report or its document: a browser runs none."""

from pathlib import Path

import httpx
import pytest
from tests.e2e.browsers import ROOT, Site, drive, needs_browser, running_site
from tests.e2e.scripted_objects import SHORT, scripted_study
from tests.signing_in import bearer_of

from sonarium.domain.principal import Role

OHIF = ROOT / ".ohif"

pytestmark = [pytest.mark.peers, needs_browser]


async def store(site: Site, objects: list[bytes]) -> None:
    async with httpx.AsyncClient(
        base_url=site.address, headers=await bearer_of(site.archive.database)
    ) as client:
        for one in objects:
            answer = await client.post(
                "/dicom-web/studies", content=one, headers={"Content-Type": "application/dicom"}
            )
            assert answer.status_code == 200, answer.text


async def test_no_script_of_an_object_runs(dsn: str, tmp_path: Path, testdata: Path) -> None:
    viewers = {"ohif": OHIF} if (OHIF / "index.html").is_file() else {}
    async with running_site(dsn, tmp_path, viewers=viewers) as site:
        await store(site, list(scripted_study(testdata)))
        entrance = await site.sign_in_address(Role.READING_PHYSICIAN)
        ohif = "ohif" if viewers else ""
        seen = await drive("scripts.mjs", tmp_path, site.address, entrance, ohif)
    assert seen["canWarn"], "the canary itself does not sing, so its silence proves nothing"
    assert SHORT in seen["text"], "no script was shown as text: the pages were not looked at"
    assert seen["documents"] >= 3
    assert seen["ran"] == []
    assert seen["reports"] == []
    assert seen["elsewhere"] == []
