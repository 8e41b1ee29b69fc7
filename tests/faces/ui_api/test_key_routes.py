"""The keys over HTTP: told to administrators, without any of them."""

import httpx
from tests.faces.conftest import WebArchive
from tests.faces.test_web_access import person_client

from sonarium.domain.principal import Role


async def test_administrators_are_told_how_the_keys_are_and_no_key(
    web: WebArchive, administrator: httpx.AsyncClient
) -> None:
    answer = await administrator.get("/api/keys")
    told = answer.json()
    root = web.archive.keys.root
    assert [(one["keyID"], one["isCurrent"]) for one in told["roots"]] == [(root.key_id, True)]
    assert (told["isKitPrinted"], told["sealsNew"]) == (False, True)
    assert told["certificates"] == told["erasures"] == []
    assert root.secret.hex() not in answer.text
    async with await person_client(web, Role.SONOGRAPHER) as sonographer:
        assert (await sonographer.get("/api/keys")).status_code == 403
