"""What the path of a request names."""

import httpx
import pytest
from tests.faces.conftest import Shelf
from tests.in_process import InProcess

from sonarium.app.settings import Settings
from sonarium.app.web_server import application_of


@pytest.mark.parametrize("uid", ["abc", "1..2", "1.2." + "3" * 80, "%2e%2e", "1.2%00"])
async def test_what_cannot_be_a_uid_names_nothing(shelf: Shelf, uid: str) -> None:
    assert (await shelf.get(f"/studies/{uid}")).status_code == 404
    assert (await shelf.get(f"/studies/1.2/series/{uid}/metadata")).status_code == 404


async def test_addresses_in_answers_are_those_the_caller_uses(shelf: Shelf) -> None:
    answer = await shelf.web.client.get(
        "/dicom-web/studies", params={"limit": 1}, headers={"Host": "localhost:8042"}
    )
    (study,) = answer.json()
    assert study["00081190"]["Value"][0].startswith("http://localhost:8042/dicom-web/studies/")


@pytest.mark.parametrize(
    ("port", "seen"), [(8042, "http://127.0.0.1:8042/"), (80, "http://127.0.0.1/")]
)
async def test_a_caller_that_leaves_out_the_port_is_told_the_one_it_has_reached(
    shelf: Shelf, port: int, seen: str
) -> None:
    web = shelf.web
    application = application_of(web.archive, Settings(), web.feed)
    async with httpx.AsyncClient(
        transport=InProcess(application),
        base_url=f"http://127.0.0.1:{port}",
        headers=web.client.headers,
    ) as client:
        answer = await client.get(
            "/dicom-web/studies", params={"limit": 1}, headers={"Host": "127.0.0.1"}
        )
    (study,) = answer.json()
    assert study["00081190"]["Value"][0].startswith(f"{seen}dicom-web/studies/")
