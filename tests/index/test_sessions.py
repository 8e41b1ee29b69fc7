from datetime import timedelta

from sonarium.db.pool import Database
from sonarium.domain.principal import Role, Scope
from sonarium.index import people, sessions
from sonarium.index.sessions import NewSession

MINUTE = timedelta(minutes=1)


async def test_a_session_is_found_until_it_expires_idles_or_is_ended(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await people.add_person(tx, "ada", "Ada", [Role.AUDITOR])
        assert ref is not None
        begun = NewSession(ref, "password", "192.0.2.1", "a browser")
        key = await sessions.add_session(tx, b"one", begun, MINUTE)
        await sessions.add_session(tx, b"over", begun, -MINUTE)
        found = await sessions.find_session(tx, b"one", MINUTE, MINUTE)
        assert found is not None
        assert (found.session_ref, found.user_name, found.roles) == (key, "ada", ["auditor"])
        assert not found.is_stale
        assert await sessions.find_session(tx, b"over", MINUTE, MINUTE) is None
        assert await sessions.find_session(tx, b"one", -MINUTE, MINUTE) is None
        [listed] = await sessions.sessions_of(tx, "ada", MINUTE)
        assert (listed.session_ref, listed.browser) == (key, "a browser")
        assert not await sessions.end_session(tx, "eve", key)
        assert await sessions.end_session(tx, "ada", key)
        assert await sessions.find_session(tx, b"one", MINUTE, MINUTE) is None


async def test_a_session_that_is_not_noted_for_a_minute_is_stale(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await people.add_person(tx, "ada", "Ada", [Role.AUDITOR])
        assert ref is not None
        key = await sessions.add_session(
            tx, b"one", NewSession(ref, "password", "", ""), timedelta(hours=1)
        )
        await tx.execute(b"UPDATE session SET seen_at = now() - interval '2 minutes'")
        found = await sessions.find_session(tx, b"one", timedelta(minutes=5), MINUTE)
        assert found is not None
        assert found.is_stale
        await sessions.touch_session(tx, key)
        found = await sessions.find_session(tx, b"one", timedelta(minutes=5), MINUTE)
        assert found is not None
        assert not found.is_stale
        await sessions.end_sessions_of(tx, ref)
        assert await sessions.sessions_of(tx, "ada", timedelta(minutes=5)) == []


async def test_a_proof_is_new_for_a_while_and_belongs_to_one_session(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await people.add_person(tx, "ada", "Ada", [Role.AUDITOR])
        assert ref is not None
        begun = NewSession(ref, "password", "", "")
        key = await sessions.add_session(tx, b"one", begun, MINUTE)
        await tx.execute(b"UPDATE session SET proved_at = now() - interval '2 minutes'")
        found = await sessions.find_session(tx, b"one", MINUTE, MINUTE)
        assert found is not None
        assert not found.has_proved
        assert not await sessions.prove_session(tx, key, ref + 1, b"two")
        assert await sessions.prove_session(tx, key, ref, b"two")
        assert await sessions.find_session(tx, b"one", MINUTE, MINUTE) is None
        found = await sessions.find_session(tx, b"two", MINUTE, MINUTE)
        assert found is not None
        assert found.has_proved
        assert await sessions.end_session(tx, "ada", key)
        assert not await sessions.prove_session(tx, key, ref, b"three")


async def test_a_token_ends_with_its_time_its_program_or_at_a_word(database: Database) -> None:
    scopes = [Scope.READ_STUDIES]
    async with database.transaction() as tx:
        assert await sessions.add_api_client(tx, "pacs", "A peer", b"secret", scopes)
        assert not await sessions.add_api_client(tx, "pacs", "Another", b"secret", scopes)
        [listed] = await sessions.all_api_clients(tx)
        assert (listed.client_id, listed.scopes) == ("pacs", (Scope.READ_STUDIES,))
        assert await sessions.scopes_of_client(tx, "pacs", b"secret") == tuple(scopes)
        assert await sessions.scopes_of_client(tx, "pacs", None) == tuple(scopes)
        assert await sessions.scopes_of_client(tx, "pacs", b"wrong") is None
        await sessions.put_access_token(tx, b"t", "pacs", scopes, MINUTE)
        await sessions.put_access_token(tx, b"over", "pacs", scopes, -MINUTE)
        found = await sessions.find_access_token(tx, b"t")
        assert found is not None
        assert (found.client_id, found.scopes) == ("pacs", ["system/ImagingStudy.rs"])
        assert await sessions.find_access_token(tx, b"over") is None
        assert await sessions.delete_access_tokens(tx, "pacs") == 2
        await sessions.put_access_token(tx, b"t", "pacs", scopes, MINUTE)
        assert await sessions.delete_api_client(tx, "pacs")
        assert await sessions.find_access_token(tx, b"t") is None
        assert not await sessions.delete_api_client(tx, "pacs")
