"""OHIF, opened from our list in a real browser, draws a study of the synthetic department."""

from datetime import datetime
from pathlib import Path

import pytest
from tests.e2e.browsers import ROOT, drive, needs_browser, running_site

from sonarium.domain.principal import Role
from sonarium.services.fill import fill
from sonarium.ultrasound.synthetic.department import iter_study
from sonarium.ultrasound.synthetic.schedule import appointments

OHIF = ROOT / ".ohif"
MOMENT = datetime(2026, 11, 23, 9, 30).astimezone()

pytestmark = [
    pytest.mark.peers,
    needs_browser,
    pytest.mark.skipif(
        not (OHIF / "index.html").is_file(), reason="needs OHIF, which ./dev test installs by npm"
    ),
]


async def test_a_study_of_the_list_opens_in_ohif(dsn: str, tmp_path: Path) -> None:
    async with running_site(dsn, tmp_path, viewers={"ohif": OHIF}) as site:
        (appointment, *_) = appointments(2026, 1, MOMENT)
        async for _ in fill(site.archive.store, iter_study(appointment)):
            pass
        entrance = await site.sign_in_address(Role.READING_PHYSICIAN)
        read = await drive("other-viewers.mjs", tmp_path, site.address, entrance)
    assert read["lit"] > 0.05
    assert read["isKept"], "OHIF's page reached the JSON API, which its policy forbids"
    assert read["mayRead"] == 200
    assert read["origins"] == [site.address]
