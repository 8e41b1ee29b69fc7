"""Programs of the tests sign in as any others: by an access token of a client."""

from contextlib import suppress
from datetime import timedelta

from sonarium.db.pool import Database
from sonarium.domain.principal import Scope
from sonarium.services.clients import ClientService, InvalidClient

CLIENT_ID = "tests"


async def bearer_of(database: Database) -> dict[str, str]:
    """Return the header of a program that may do whatever programs may."""
    clients = ClientService(database)
    with suppress(InvalidClient):  # it was added before
        await clients.add(CLIENT_ID, "Tests", list(Scope))
    token = await clients.token_by_administrator(CLIENT_ID, timedelta(hours=1))
    return {"Authorization": f"Bearer {token.secret}"}
