from datetime import timedelta

from sonarium.db.pool import Database
from sonarium.domain.principal import Role, WayIn
from sonarium.index import people, provider_people

MINUTE = timedelta(minutes=1)
ISSUER = "https://login.example"


async def test_somebody_is_bound_once_and_found_by_issuer_and_subject(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await people.add_person(tx, "ada", "Ada", [Role.STUDENT])
        other = await people.add_person(tx, "eve", "Eve", [Role.STUDENT])
        assert ref is not None
        assert other is not None
        assert await provider_people.bind_provider_person(tx, ISSUER, "1", ref)
        assert not await provider_people.bind_provider_person(tx, ISSUER, "1", other)
        assert not await provider_people.bind_provider_person(tx, ISSUER, "2", ref)
        await provider_people.set_roles(tx, ref, [Role.EDUCATOR])
        found = await provider_people.find_provider_person(tx, ISSUER, "1")
        assert found is not None
        assert (found.person_ref, found.user_name, found.roles) == (ref, "ada", ["educator"])
        assert found.is_active
        assert await provider_people.find_provider_person(tx, "https://evil.example", "1") is None
        person = await people.find_person(tx, "ada")
    assert person is not None
    assert person.ways == (WayIn.PROVIDER,)


async def test_a_flow_is_taken_once_in_its_browser_and_in_time(database: Database) -> None:
    async with database.transaction() as tx:
        for state, lifetime in ((b"over", -MINUTE), (b"one", MINUTE)):
            assert await provider_people.put_provider_flow(
                tx, state, b"browser", None, "192.0.2.1", lifetime=lifetime, most=1
            )
        assert not await provider_people.put_provider_flow(
            tx, b"more", b"browser", None, "192.0.2.1", lifetime=MINUTE, most=1
        )
        assert await provider_people.take_provider_flow(tx, b"one", b"another") is None
        assert await provider_people.take_provider_flow(tx, b"over", b"browser") is None
        taken = await provider_people.take_provider_flow(tx, b"one", b"browser")
        assert taken is not None
        assert taken.session_ref is None
        assert await provider_people.take_provider_flow(tx, b"one", b"browser") is None
