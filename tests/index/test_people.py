from datetime import timedelta

from sonarium.db.pool import Database
from sonarium.domain.principal import Role, WayIn
from sonarium.index import people

MINUTE = timedelta(minutes=1)


async def test_a_user_name_is_taken_once(database: Database) -> None:
    async with database.transaction() as tx:
        first = await people.add_person(tx, "ada", "Ada", [Role.SONOGRAPHER])
        assert await people.add_person(tx, "ada", "Another", [Role.AUDITOR]) is None
        [person] = await people.all_people(tx)
    assert person.person_ref == first
    assert (person.user_name, person.display_name) == ("ada", "Ada")
    assert person.roles == (Role.SONOGRAPHER,)
    assert person.is_active
    assert not person.is_enrolled


async def test_a_person_is_enrolled_by_credentials_and_changed_by_name(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await people.add_person(tx, "ada", "Ada", [Role.ADMINISTRATOR])
        assert ref is not None
        assert await people.administrators(tx) == set()
        await people.put_credentials(tx, ref, "hash", "secret", 7, [b"1", b"2"])
        assert await people.administrators(tx) == {ref}
        assert await people.has_administrator(tx)
        assert await people.password_hash_of(tx, "ada") == "hash"
        await people.change_person(tx, "ada", "Ada L", [Role.AUDITOR], is_active=False)
        assert await people.administrators(tx) == set()
        assert not await people.has_administrator(tx)
        assert await people.password_hash_of(tx, "ada") is None
        person = await people.find_person(tx, "ada")
    assert person is not None
    assert (person.display_name, person.roles) == ("Ada L", (Role.AUDITOR,))
    assert person.is_enrolled
    assert person.ways == (WayIn.PASSWORD,)
    assert not person.is_active
    async with database.transaction() as tx:
        await people.forget_ways_in(tx, ref)
        assert not await people.use_recovery_code(tx, ref, b"1")
        person = await people.find_person(tx, "ada")
    assert person is not None
    assert person.ways == ()


async def test_a_code_and_those_before_it_hold_once(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await people.add_person(tx, "ada", "Ada", [Role.AUDITOR])
        assert ref is not None
        await people.put_credentials(tx, ref, "hash", "secret", 7, [b"1", b"2"])
        assert not await people.use_totp_step(tx, ref, 7)
        assert await people.use_totp_step(tx, ref, 9)
        assert not await people.use_totp_step(tx, ref, 8)
        assert await people.use_recovery_code(tx, ref, b"1")
        assert not await people.use_recovery_code(tx, ref, b"1")
        await people.put_credentials(tx, ref, "hash", "secret", 9, [b"3"])
        assert not await people.use_recovery_code(tx, ref, b"2")
        kept = await people.credentials_of(tx, "ada")
    assert kept is not None
    assert (kept.password_hash, kept.totp_secret) == ("hash", "secret")


async def test_a_link_holds_until_it_was_used_or_expires(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await people.add_person(tx, "ada", "Ada", [Role.AUDITOR])
        await people.put_link(tx, b"a", ref, "enrol", MINUTE)
        await people.put_link(tx, b"old", ref, "enrol", -MINUTE)
        await people.put_link(tx, b"first", None, "set_up", MINUTE)
        found = await people.find_link(tx, b"a")
        assert found is not None
        assert (found.purpose, found.user_name, found.person_ref) == ("enrol", "ada", ref)
        first = await people.find_link(tx, b"first")
        assert first is not None
        assert first.person_ref is None
        assert await people.find_link(tx, b"old") is None
        assert await people.use_link(tx, b"a")
        assert not await people.use_link(tx, b"a")
        await people.delete_links_of(tx, None)
        assert await people.find_link(tx, b"first") is None


async def test_failures_count_by_address(database: Database) -> None:
    async with database.transaction() as tx:
        for name in ("ada", "ada", "eve"):
            await people.add_failure(tx, name, "192.0.2.1")
        assert await people.count_failures(tx, "ada", "192.0.2.1", MINUTE) == (2, 3)
        assert await people.count_failures(tx, "ada", "192.0.2.2", MINUTE) == (0, 0)
        await people.forget_failures(tx, "ada", "192.0.2.1")
        assert await people.count_failures(tx, "ada", "192.0.2.1", MINUTE) == (0, 1)
