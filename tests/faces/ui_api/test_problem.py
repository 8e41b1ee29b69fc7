"""Refusals as problem details."""

from tests.faces.conftest import Shelf


async def test_a_refusal_says_what_is_wrong(shelf: Shelf) -> None:
    answer = await shelf.web.client.get("/api/status", headers={"Host": "archive.example"})
    refusal = answer.json()
    assert refusal["status"] == 403
    assert "http.names" in refusal["detail"]
    assert answer.headers["cache-control"] == "no-store"


async def test_wrong_parameters_are_named_and_not_repeated(shelf: Shelf) -> None:
    answer = await shelf.web.client.get("/api/studies", params={"limit": "CANARY"})
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "limit" in answer.text
