"""Whatever the description of the JSON API allows, and much that it does not, breaks nothing."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.failures import FailureGroup
from tests.e2e.browsers import running_site
from tests.signing_in import bearer_of

from sonarium.domain.principal import Role
from sonarium.faces.web_access import SESSION_COOKIE
from sonarium.services.sign_in import Caller, SessionSettings, SignInService

pytestmark = pytest.mark.peers

EXAMPLES = 12
UNTRIED = {("DELETE", "/api/session")}
"""It would end the session that the others need."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", ["stranger", "program", "administrator"])
async def test_no_request_is_answered_by_a_mistake_of_ours(
    dsn: str, tmp_path: Path, who: str
) -> None:
    async with running_site(dsn, tmp_path) as site:
        headers = {"Origin": site.address}
        if who == "program":
            headers |= await bearer_of(site.archive.database)
        elif who == "administrator":
            entrance = await site.sign_in_address(Role.ADMINISTRATOR)
            signing_in = SignInService(site.archive.database, SessionSettings())
            secret = await signing_in.with_link(entrance.split("#")[1], Caller("", "tests"))
            headers["Cookie"] = f"{SESSION_COOKIE}={secret}"
        document = await _document(site.address, await bearer_of(site.archive.database))
        mistakes = await asyncio.to_thread(_mistakes, document, site.address, headers)
    assert mistakes == []


async def _document(address: str, headers: dict[str, str]) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=address, headers=headers) as client:
        document: dict[str, Any] = (await client.get("/api/openapi.json")).json()
    return document


def _mistakes(document: dict[str, Any], address: str, headers: dict[str, str]) -> list[str]:
    """Try every operation with generated requests; list those that were answered by 5xx."""
    described = schemathesis.openapi.from_dict(document)
    described.config.update(base_url=address)
    found: list[str] = []
    for result in described.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]
        if (operation.method.upper(), operation.path) in UNTRIED:
            continue

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def try_one(case: schemathesis.Case) -> None:  # type: ignore[type-arg]
            try:
                case.call_and_validate(
                    headers=headers, checks=[schemathesis.checks.not_a_server_error]
                )
            except FailureGroup as failures:
                found.append(f"{case.method} {case.path}: {failures.exceptions[0]}")

        try_one()
    return found
