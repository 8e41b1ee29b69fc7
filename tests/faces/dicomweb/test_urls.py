"""What the path of a request names."""

import pytest
from tests.faces.conftest import Shelf


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
