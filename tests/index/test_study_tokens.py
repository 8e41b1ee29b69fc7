"""Rows of tokens that open one study."""

from datetime import timedelta

from tests.index.synthetic import instance

from sonarium.db.pool import Database
from sonarium.domain.principal import Role
from sonarium.index import people, sessions
from sonarium.index.ingest import add_instances
from sonarium.index.sessions import NewSession
from sonarium.index.study_tokens import find_study_token, put_study_token

MINUTE = timedelta(minutes=1)


async def test_a_token_is_found_until_it_or_its_session_is_over(database: Database) -> None:
    async with database.transaction() as tx:
        person = await people.add_person(tx, "ada", "Ada", [Role.SONOGRAPHER])
        assert person is not None
        begun = NewSession(person, "link", "127.0.0.1", "tests")
        session = await sessions.add_session(tx, b"session", begun, MINUTE)
        await add_instances(tx, [instance("2.25.77")])
        assert await put_study_token(tx, b"one", session, "2.25.77", MINUTE)
        assert not await put_study_token(tx, b"two", session, "2.25.99", MINUTE)
        assert await put_study_token(tx, b"over", session, "2.25.77", -MINUTE)
        found = await find_study_token(tx, b"one")
        assert found is not None
        assert (found.user_name, found.roles) == ("ada", ["sonographer"])
        assert found.study_instance_uid == "2.25.77"
        assert await find_study_token(tx, b"over") is None
        assert await find_study_token(tx, b"two") is None
        assert await sessions.end_session(tx, "ada", session)
        assert await find_study_token(tx, b"one") is None
