"""A browser in which somebody is signed in."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from tests.faces.conftest import WebArchive

from sonarium.domain.principal import Role
from sonarium.faces.web_access import SESSION_COOKIE
from sonarium.services.people import PeopleService
from sonarium.services.sign_in import Caller, SessionSettings, SignInService


@pytest.fixture
async def administrator(web: WebArchive) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which an administrator is signed in."""
    people = PeopleService(web.archive.database)
    await people.add("root", "Root", [Role.ADMINISTRATOR])
    link = await people.sign_in_link("root", timedelta(hours=1))
    signing_in = SignInService(web.archive.database, SessionSettings())
    secret = await signing_in.with_link(link, Caller("127.0.0.1", "tests"))
    async with httpx.AsyncClient(
        transport=web.client._transport,
        base_url="http://127.0.0.1",
        headers={"Origin": "http://127.0.0.1", "Cookie": f"{SESSION_COOKIE}={secret}"},
    ) as opened:
        yield opened
