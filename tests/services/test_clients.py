from datetime import timedelta

import pytest

from sonarium.db.pool import Database
from sonarium.domain.principal import Permission, Scope
from sonarium.index.audit_search import AuditSearch, search_audit
from sonarium.services.clients import (
    ClientRefused,
    ClientService,
    InvalidClient,
    ScopeRefused,
    UnknownClient,
)

BOTH = [Scope.READ_STUDIES, Scope.WRITE_STUDIES]


@pytest.fixture
def clients(database: Database) -> ClientService:
    return ClientService(database)


async def test_a_program_gets_a_token_for_its_secret_and_is_known_by_it(
    clients: ClientService,
) -> None:
    secret = await clients.add("pacs", "A peer", BOTH)
    token = await clients.token_for_secret("pacs", secret, [])
    assert set(token.scopes) == set(BOTH)
    principal = await clients.principal_of(token.secret)
    assert principal is not None
    assert (principal.name, principal.display_name) == ("pacs", "A peer")
    assert principal.permissions >= {Permission.OPEN_STUDIES, Permission.WRITE_STUDIES}
    assert principal.session_ref is None
    assert await clients.principal_of(secret) is None


async def test_a_token_may_ask_for_less_and_never_for_more(clients: ClientService) -> None:
    secret = await clients.add("pacs", "", BOTH)
    token = await clients.token_for_secret("pacs", secret, [Scope.READ_STUDIES])
    principal = await clients.principal_of(token.secret)
    assert principal is not None
    assert Permission.WRITE_STUDIES not in principal.permissions
    reader = await clients.add("reader", "", [Scope.READ_STUDIES])
    with pytest.raises(ScopeRefused):
        await clients.token_for_secret("reader", reader, BOTH)


async def test_a_wrong_secret_or_program_gets_nothing(clients: ClientService) -> None:
    secret = await clients.add("pacs", "", BOTH)
    for client_id, tried in (("pacs", "wrong"), ("other", secret), ("", "")):
        with pytest.raises(ClientRefused):
            await clients.token_for_secret(client_id, tried, [])


async def test_tokens_end_at_a_word_and_with_their_program(
    clients: ClientService, database: Database
) -> None:
    secret = await clients.add("pacs", "", BOTH)
    token = await clients.token_for_secret("pacs", secret, [])
    assert await clients.revoke_tokens("pacs") == 1
    async with database.transaction() as tx:
        [noted] = await search_audit(tx, AuditSearch(), None, 1)
    assert noted.event.reason == "its tokens were taken back"
    assert await clients.principal_of(token.secret) is None
    token = await clients.token_for_secret("pacs", secret, [])
    await clients.remove("pacs")
    assert await clients.principal_of(token.secret) is None
    with pytest.raises(UnknownClient):
        await clients.remove("pacs")


async def test_a_token_by_hand_holds_a_day_at_most(clients: ClientService) -> None:
    await clients.add("pacs", "", BOTH)
    token = await clients.token_by_administrator("pacs", timedelta(hours=24))
    assert await clients.principal_of(token.secret) is not None
    for lifetime in (timedelta(hours=25), timedelta(0)):
        with pytest.raises(InvalidClient):
            await clients.token_by_administrator("pacs", lifetime)


@pytest.mark.parametrize("client_id", ["", "a b", "ä", "a" * 65, "a/b"])
async def test_a_client_id_that_cannot_be_one_is_refused(
    clients: ClientService, client_id: str
) -> None:
    with pytest.raises(InvalidClient):
        await clients.add(client_id, "", BOTH)


async def test_a_program_is_added_once_with_a_scope(clients: ClientService) -> None:
    with pytest.raises(InvalidClient, match="scope"):
        await clients.add("pacs", "", [])
    await clients.add("pacs", "", BOTH)
    with pytest.raises(InvalidClient, match="taken"):
        await clients.add("pacs", "", BOTH)
    assert [one.client_id for one in await clients.all()] == ["pacs"]
